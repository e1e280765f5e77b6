import { expect, test } from 'vitest';
import { putCounts } from '../../support/counts.ts';
import { noCounts } from '../../../src/core/imports/counts.ts';
import { parseDataset } from '../../../src/core/dataset/dataset.ts';
import { hasRejectLimit, rejectLimit, rejectVerdict } from '../../../src/core/imports/reject-limit.ts';

const people = (load: object) =>
  parseDataset('people', { source: { prefix: 'people/' }, table: { partition_key: 'id' }, load });

test.each([
  { load: {}, read: 999, rejected: 999, isOver: false },
  { load: {}, read: 1000, rejected: 500, isOver: false },
  { load: {}, read: 1000, rejected: 501, isOver: true },
  { load: {}, read: 2000, skipped: 1001, rejected: 999, isOver: false },
  { load: { max_reject_ratio: 1 }, read: 10_000, rejected: 10_000, isOver: false },
  { load: { max_rejects: 0 }, read: 5, rejected: 0, isOver: false },
  { load: { max_rejects: 0 }, read: 5, rejected: 1, isOver: true },
  { load: { max_rejects: 10 }, read: 5000, rejected: 10, isOver: false },
  { load: { max_rejects: 10 }, read: 5000, rejected: 11, isOver: true },
  { load: { max_reject_ratio: 0.01 }, read: 999, rejected: 999, isOver: false },
  { load: { max_reject_ratio: 0.01 }, read: 1000, rejected: 10, isOver: false },
  { load: { max_reject_ratio: 0.01 }, read: 1000, rejected: 11, isOver: true },
  { load: { max_rejects: 100, max_reject_ratio: 0.5 }, read: 1000, rejected: 101, isOver: true },
])('$rejected rejects of $read rows under $load: too many is $isOver', ({ load, isOver, ...counts }) => {
  const problem = rejectLimit(people(load), { ...noCounts, ...counts });
  expect(problem?.code ?? null).toBe(isOver ? 'too-many-rejects' : null);
});

test.each([
  { load: {}, read: 1, written: 0, rejected: 1, code: 'nothing-loaded' },
  { load: {}, read: 3, written: 0, rejected: 2, superseded: 1, code: 'nothing-loaded' },
  { load: { max_reject_ratio: 1 }, read: 5000, written: 0, rejected: 5000, code: 'nothing-loaded' },
  { load: {}, read: 9, written: 0, rejected: 0, skipped: 9, code: null },
  { load: {}, read: 19, written: 1, rejected: 18, code: null },
  { load: {}, read: 21, written: 1, rejected: 18, skipped: 2, code: null },
  { load: {}, read: 20, written: 9, rejected: 11, code: 'too-many-rejects' },
  { load: {}, read: 20, written: 10, rejected: 10, code: null },
  { load: { max_reject_ratio: 1 }, read: 20, written: 1, rejected: 19, code: null },
])(
  'an import that ends with $rejected rejects of $read rows under $load: $code',
  ({ load, code, ...counts }) => {
    expect(rejectVerdict(people(load), putCounts(counts))?.code ?? null).toBe(code);
  },
);

test('an import of which no whole row is loaded fails, whatever items it wrote', () => {
  const counts = { ...noCounts, read: 2, rejected: 2, made: 4, written: 2, refused: 2 };
  expect(rejectVerdict(people({}), counts)?.code).toBe('nothing-loaded');
});

test('an import that kept or deleted what the table had is done', () => {
  for (const name of ['kept', 'deleted'] as const) {
    const counts = { ...noCounts, read: 2, loaded: 1, rejected: 1, made: 1, [name]: 1 };
    expect(rejectVerdict(people({}), counts)).toBeNull();
  }
});

test('an import whose dataset is gone is judged by its counts alone', () => {
  expect(rejectVerdict(null, { ...noCounts, read: 30, rejected: 30 })?.code).toBe('nothing-loaded');
  expect(rejectVerdict(null, putCounts({ read: 30, written: 1, rejected: 29 }))).toBeNull();
});

test('a dataset that takes any share and number of rejects has no limit', () => {
  expect(
    [{}, { max_rejects: 9, max_reject_ratio: 1 }, { max_reject_ratio: 1 }].map((load) =>
      hasRejectLimit(people(load)),
    ),
  ).toEqual([true, true, false]);
});

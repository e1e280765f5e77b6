import { expect, test } from 'vitest';
import { noCounts } from '../../src/core/counts.ts';
import { parseDataset } from '../../src/core/dataset.ts';
import { hasRejectLimit, rejectLimit } from '../../src/core/reject-limit.ts';

test.each([
  { load: {}, read: 10_000, rejected: 10_000, isOver: false },
  { load: { max_rejects: 0 }, read: 5, rejected: 0, isOver: false },
  { load: { max_rejects: 0 }, read: 5, rejected: 1, isOver: true },
  { load: { max_rejects: 10 }, read: 5000, rejected: 10, isOver: false },
  { load: { max_rejects: 10 }, read: 5000, rejected: 11, isOver: true },
  { load: { max_reject_ratio: 0.01 }, read: 999, rejected: 999, isOver: false },
  { load: { max_reject_ratio: 0.01 }, read: 1000, rejected: 10, isOver: false },
  { load: { max_reject_ratio: 0.01 }, read: 1000, rejected: 11, isOver: true },
  { load: { max_rejects: 100, max_reject_ratio: 0.5 }, read: 1000, rejected: 101, isOver: true },
])('$rejected rejects of $read rows under $load: too many is $isOver', ({ load, read, rejected, isOver }) => {
  const dataset = parseDataset('people', {
    source: { prefix: 'people/' },
    table: { partition_key: 'id' },
    load,
  });
  const problem = rejectLimit(dataset, { ...noCounts, read, rejected });
  expect(problem?.code ?? null).toBe(isOver ? 'too-many-rejects' : null);
  expect(hasRejectLimit(dataset)).toBe(Object.keys(load).length > 0);
});

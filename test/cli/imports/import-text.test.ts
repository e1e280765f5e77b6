import { putCounts } from '../../support/counts.ts';
import { expect, test } from 'vitest';
import { importText, listText } from '../../../src/cli/imports/import-text.ts';
import { wrap } from '../../../src/cli/wrap.ts';
import type { ImportDetails } from '../../../src/engine/import-overview.ts';

const t0 = Date.UTC(2026, 10, 24, 18, 11, 3);

const done: ImportDetails = {
  id: '0123456789abcdef0123',
  dataset: 'people',
  datasetDigest: 'd',
  object: {
    bucket: 'sluice-source',
    key: 'people/people.csv',
    versionId: 'v',
    etag: 'e',
    sizeBytes: 75_123,
    sequencer: null,
  },
  status: 'done',
  chunkCount: 1,
  parallel: 1,
  finishedChunks: [0],
  counts: putCounts({ read: 12_000_000, written: 11_994_000, rejected: 5000, superseded: 1000 }),
  units: 994,
  queuedAtMs: t0 - 2000,
  place: null,
  startedAtMs: t0 - 1000,
  endedAtMs: t0 + 3200,
  failure: null,
  lastFailure: null,
  isOpen: false,
  repairOf: [],
  repaired: { rows: 0, of: 5000, isComplete: true },
  warnings: [],
  watch: null,
  chunks: [],
  faults: [],
  notice: null,
};
const silent: ImportDetails = {
  ...done,
  id: 'f'.repeat(20),
  status: 'superseded',
  endedAtMs: null,
  notice: `No lease renewal since 2026-11-24 18:00:00 UTC; if this persists, run: sluice retry ${'f'.repeat(20)}`,
};

test('the list has object, end, time taken, counts and notice of each import, aligned', () => {
  expect(listText([done, silent], { width: null, nowMs: t0 + 600_000 })).toEqual([
    'IMPORT                STATUS      ENDED (UTC)          TOOK    DATASET',
    '0123456789abcdef0123  done        2026-11-24 18:11:06  4.2 s   people',
    '  s3://sluice-source/people/people.csv',
    '  rows: read 12,000,000 = loaded 11,995,000 + skipped 0 + rejected 5,000; items: made 11,995,000 = written 11,994,000 + superseded 1,000',
    'ffffffffffffffffffff  superseded  -                    11 min  people',
    '  s3://sluice-source/people/people.csv',
    '  rows: read 12,000,000 = loaded 11,995,000 + skipped 0 + rejected 5,000; items: made 11,995,000 = written 11,994,000 + superseded 1,000',
    `  No lease renewal since 2026-11-24 18:00:00 UTC; if this persists, run: sluice retry ${'f'.repeat(20)}`,
  ]);
});

test('one import has its times and its rejects', () => {
  expect(importText(done, { width: null, nowMs: 0 })).toEqual([
    '0123456789abcdef0123: done',
    '  object   s3://sluice-source/people/people.csv',
    '  size     75,123 bytes',
    '  dataset  people',
    '  queued   2026-11-24 18:11:01 UTC',
    '  started  2026-11-24 18:11:02 UTC',
    '  ended    2026-11-24 18:11:06 UTC',
    '  took     4.2 s',
    '  rows     read 12,000,000 = loaded 11,995,000 + skipped 0 + rejected 5,000',
    '  items    made 11,995,000 = written 11,994,000 + superseded 1,000',
    '  rejects  in the results, under rejects/people/0123456789abcdef0123/',
  ]);
});

test('an import says which rejected rows it repairs, and how many of its own are repaired', () => {
  const repaired = { rows: 4998, of: 5000, isComplete: true };
  const repair = { ...done, repairOf: ['f'.repeat(20)], repaired };
  const lines = importText(repair, { width: null, nowMs: 0 });
  expect(lines).toContain(`  repairs   the rejected rows of import ${'f'.repeat(20)}`);
  expect(lines).toContain('  repaired  4,998 of 5,000');
  const [, , , counts] = listText([{ ...repair, repaired: { ...repaired, isComplete: false } }], {
    width: null,
    nowMs: 0,
  });
  expect(counts).toMatch(/; repaired at least 4,998 of 5,000$/);
});

test('on a terminal of 80 columns no line is longer, and nothing is lost', () => {
  for (const text of [
    listText,
    ([one]: readonly ImportDetails[], view: Parameters<typeof listText>[1]) => importText(one!, view),
  ]) {
    const narrow = text([silent, done], { width: 80, nowMs: t0 });
    const wide = text([silent, done], { width: null, nowMs: t0 });
    expect(Math.max(...wide.map((line) => line.length))).toBeGreaterThan(80);
    expect(Math.max(...narrow.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(narrow.join(' ').split(/\s+/)).toEqual(wide.join(' ').split(/\s+/));
  }
});

test('a word that is longer than the terminal is wide stays whole', () => {
  expect(wrap(`see ${'x'.repeat(50)} there`, 20, '  ')).toEqual(['  see', `  ${'x'.repeat(50)}`, '  there']);
});

test('one import has its warnings, and the number of rows rejected with each fault', () => {
  const warnings = [{ code: 'blank-rows', text: 'Rows were skipped: 2.' }] as const;
  const faults = [
    { code: 'number-invalid', column: 'age', rows: 1200 },
    { code: 'too-few-fields', column: '', rows: 1 },
  ] as const;
  const text = importText({ ...done, warnings, faults }, { width: null, nowMs: 0 });
  const lines = text.map((line) => line.trim());
  expect(lines).toContainEqual(expect.stringMatching(/^warning +Rows were skipped: 2\. \(blank-rows\)$/));
  expect(lines).toContainEqual(expect.stringMatching(/^rejected +number-invalid in age: 1,200 rows$/));
  expect(lines).toContainEqual(expect.stringMatching(/^rejected +too-few-fields: 1 row$/));
});

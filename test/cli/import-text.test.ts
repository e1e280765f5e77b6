import { expect, test } from 'vitest';
import { importText, type ImportStanding, listText } from '../../src/cli/import-text.ts';
import { wrap } from '../../src/cli/wrap.ts';
import { noCounts } from '../../src/core/imports/counts.ts';

const t0 = Date.UTC(2026, 10, 24, 18, 11, 3);

const done: ImportStanding = {
  record: {
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
    counts: noCounts,
    units: 994,
    queuedAtMs: t0 - 2000,
    startedAtMs: t0 - 1000,
    endedAtMs: t0 + 3200,
    failure: null,
    lastFailure: null,
    isOpen: false,
    warnings: [],
    watch: null,
  },
  chunks: [],
  counts: { read: 12_000_000, written: 11_994_000, rejected: 5000, superseded: 1000, skipped: 0 },
  notice: null,
};
const parked: ImportStanding = {
  ...done,
  record: { ...done.record, id: 'f'.repeat(20), status: 'superseded', endedAtMs: null },
  notice: `no lease renewal since 2026-11-24 18:00:00 UTC; if this persists, run: sluice retry ${'f'.repeat(20)}`,
};

test('the list has object, end, time taken, counts and notice of each import, aligned', () => {
  expect(listText([done, parked], { width: null, nowMs: t0 + 600_000 })).toEqual([
    'IMPORT                STATUS      ENDED (UTC)          TOOK    DATASET',
    '0123456789abcdef0123  done        2026-11-24 18:11:06  4.2 s   people',
    '  s3://sluice-source/people/people.csv',
    '  read 12,000,000 = written 11,994,000 + rejected 5,000 + superseded 1,000 + skipped 0',
    'ffffffffffffffffffff  superseded  -                    11 min  people',
    '  s3://sluice-source/people/people.csv',
    '  read 12,000,000 = written 11,994,000 + rejected 5,000 + superseded 1,000 + skipped 0',
    `  no lease renewal since 2026-11-24 18:00:00 UTC; if this persists, run: sluice retry ${'f'.repeat(20)}`,
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
    '  rows     read 12,000,000 = written 11,994,000 + rejected 5,000 + superseded 1,000 + skipped 0',
    '  rejects  in the results, under rejects/people/0123456789abcdef0123/',
  ]);
});

test('on a terminal of 80 columns no line is longer, and nothing is lost', () => {
  for (const text of [
    listText,
    ([one]: readonly ImportStanding[], view: Parameters<typeof listText>[1]) => importText(one!, view),
  ]) {
    const narrow = text([parked, done], { width: 80, nowMs: t0 });
    const wide = text([parked, done], { width: null, nowMs: t0 });
    expect(Math.max(...wide.map((line) => line.length))).toBeGreaterThan(80);
    expect(Math.max(...narrow.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(narrow.join(' ').split(/\s+/)).toEqual(wide.join(' ').split(/\s+/));
  }
});

test('a word that is longer than the terminal is wide stays whole', () => {
  expect(wrap(`see ${'x'.repeat(50)} there`, 20, '  ')).toEqual(['  see', `  ${'x'.repeat(50)}`, '  there']);
});

test('one import tells its warnings, and how many rows were rejected for what', () => {
  const { record } = done;
  const warnings = [{ code: 'blank-rows', text: 'Rows were skipped: 2.' }] as const;
  const faults = [
    { code: 'number-invalid', column: 'age', rows: 1200 },
    { code: 'too-few-fields', column: '', rows: 1 },
  ] as const;
  const checkpoint = { offsetBytes: 9, line: 2, counts: record.counts, units: 1, faults };
  const place = { importId: record.id, index: 0, startBytes: 0, endBytes: 9, epoch: 0 };
  const chunks = [{ ...place, checkpoint, lease: null, finished: true }];
  const standing = { record: { ...record, warnings }, chunks, counts: record.counts, notice: null };
  const lines = importText(standing, { width: null, nowMs: 0 }).map((line) => line.trim());
  expect(lines).toContainEqual(expect.stringMatching(/^warning +Rows were skipped: 2\. \(blank-rows\)$/));
  expect(lines).toContainEqual(expect.stringMatching(/^rejected +number-invalid in age: 1,200 rows$/));
  expect(lines).toContainEqual(expect.stringMatching(/^rejected +too-few-fields: 1 row$/));
});

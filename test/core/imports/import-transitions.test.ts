import { putCounts } from '../../support/counts.ts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasEnded, type ImportRecord } from '../../../src/core/imports/import.ts';
import {
  changedImport,
  type ImportChange,
  importChanges,
  newImport,
  withChunkCounted,
} from '../../../src/core/imports/import-transitions.ts';
import { addCounts, type Counts, noCounts } from '../../../src/core/imports/counts.ts';

const failure = { code: 'object-gone', reason: 'Gone.' } as const;
const one: Counts = putCounts({ read: 1, written: 1 });
const total = addCounts(one, one);

type Step = { readonly change: ImportChange } | { readonly chunk: number };

const change = fc.constantFrom<ImportChange>(
  importChanges.begin(1),
  importChanges.begin(2),
  importChanges.mark('queued', null),
  importChanges.mark('parked', null),
  importChanges.mark('stalled', failure),
  importChanges.noteFailure(failure),
  importChanges.noteWatch({ progress: 'p', sinceMs: 1, requeues: 0 }),
  importChanges.end({ status: 'done', counts: total, atMs: 3 }),
  importChanges.end({ status: 'failed', failure, atMs: 3 }),
  importChanges.close(),
);
const steps = fc.array(
  fc.oneof(
    change.map((each): Step => ({ change: each })),
    fc.nat(1).map((chunk): Step => ({ chunk })),
  ),
  { maxLength: 20 },
);

test('a change that is repeated at once changes nothing more', () => {
  follow((before, step) => {
    const once = apply(before, step);
    expect(apply(once, step)).toEqual(once);
  });
});

test('an import that has ended keeps its status, end and failure', () => {
  follow((before, step) => {
    if (!hasEnded(before.status)) return;
    const { status, endedAtMs, failure, startedAtMs } = before;
    expect(apply(before, step)).toMatchObject({ status, endedAtMs, failure, startedAtMs });
  });
});

test('an import is done only with every chunk counted, each once', () => {
  follow((before, step) => {
    const after = apply(before, step);
    if (after.status !== 'done') return;
    expect(after.finishedChunks).toEqual([0, 1]);
    expect(after.counts).toEqual(total);
  });
});

test('a stalled import is not parked or begun by the loader of another chunk', () => {
  const stalled = apply(start(), { change: importChanges.mark('stalled', failure) });
  for (const change of [importChanges.begin(9), importChanges.mark('parked', null)]) {
    expect(changedImport(stalled, change)).toBeNull();
  }
  expect(changedImport(stalled, importChanges.mark('queued', null))).toMatchObject({
    status: 'queued',
    lastFailure: null,
  });
});

/** Checks each step of any sequence against the record that the steps before it left. */
function follow(check: (before: ImportRecord, step: Step) => void): void {
  fc.assert(
    fc.property(steps, (sequence) => {
      let record = start();
      for (const step of sequence) {
        check(record, step);
        record = apply(record, step);
      }
    }),
    { numRuns: 300 },
  );
}

function start(): ImportRecord {
  const object = { bucket: 'b', key: 'k', versionId: null, etag: 'e', sizeBytes: 1, sequencer: null };
  const record = newImport(
    { id: 'i', dataset: 'd', datasetDigest: '0', object, parallel: 1, queuedAtMs: 0 },
    2,
  );
  expect(record.counts).toEqual(noCounts);
  return record;
}

function apply(record: ImportRecord, step: Step): ImportRecord {
  if ('chunk' in step) return withChunkCounted(record, step.chunk, one, 1);
  return changedImport(record, step.change) ?? record;
}

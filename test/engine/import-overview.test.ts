import { expect, test } from 'vitest';
import { memoryLedger } from '../../src/engine/memory-ledger.ts';
import type { Failure } from '../../src/core/imports/import.ts';
import type { Ledger } from '../../src/core/ports.ts';
import { noCounts } from '../../src/core/imports/counts.ts';
import { importDetails, listOverviews } from '../../src/engine/import-overview.ts';
import { world } from './world.ts';

const t0 = Date.UTC(2026, 10, 1);
const MINUTE_MS = 60_000;
const failure: Failure = { code: 'object-unreadable', reason: 'S3 answers 503.' };
const counts = { ...noCounts, read: 3, written: 2, rejected: 1 };

/** A ledger with one import of two chunks, the first of which has a checkpoint and a lease of one minute. */
async function ledgerWithImport(): Promise<Ledger> {
  const ledger = memoryLedger();
  const object = { bucket: 'b', key: 'k', versionId: null, etag: 'e', sizeBytes: 20, sequencer: null };
  await ledger.register(
    { id: 'i', dataset: 'd', datasetDigest: '0', object, parallel: 2, queuedAtMs: t0 },
    [0, 10].map((startBytes) => ({ startBytes, endBytes: startBytes + 10, startLine: 1 })),
  );
  const lease = { importId: 'i', chunk: 0, owner: 'a' };
  await ledger.claim(lease, { epoch: 0, nowMs: t0, untilMs: t0 + MINUTE_MS });
  await ledger.begin('i', t0);
  const faults = [{ code: 'nul-byte', column: 'name', rows: 1 }] as const;
  await ledger.checkpoint(lease, { offsetBytes: 5, line: 4, counts, units: 2, faults }, t0 + MINUTE_MS);
  return ledger;
}

test('shows what is settled of an import that is being loaded, and its chunks', async () => {
  const ledger = await ledgerWithImport();
  expect(await importDetails(ledger, 'i', t0)).toMatchObject({
    status: 'loading',
    counts,
    faults: [{ code: 'nul-byte', rows: 1 }],
    notice: null,
    chunks: [{ index: 0 }, { index: 1 }],
  });
});

test.each<[string, (ledger: Ledger) => Promise<unknown>, string | null]>([
  [
    'of a failed import: its failure',
    (ledger) => ledger.end('i', { status: 'failed', failure, atMs: t0 }),
    'object-unreadable: S3 answers 503.',
  ],
  [
    'of a stalled import: its last failure, and the command that resumes it',
    (ledger) => ledger.mark('i', 'stalled', failure),
    'object-unreadable: S3 answers 503. Fix the cause, then run: sluice retry i',
  ],
  [
    'of an import whose last attempt failed: why',
    (ledger) => ledger.noteFailure('i', failure),
    'The last attempt failed, and will be retried: object-unreadable: S3 answers 503.',
  ],
  [
    'of an import without a loader: since when',
    async () => undefined,
    'No lease renewal since 2026-11-01 00:01:00 UTC; if this persists, run: sluice retry i',
  ],
])('has a notice %s', async (_, act, notice) => {
  const ledger = await ledgerWithImport();
  await act(ledger);
  const nowMs = t0 + 10 * MINUTE_MS;
  expect(await importDetails(ledger, 'i', nowMs)).toMatchObject({ notice });
  expect(await listOverviews(ledger, { dataset: 'd', limit: 10 }, nowMs)).toMatchObject([
    { id: 'i', notice },
  ]);
});

test('reports nothing if a lease has expired only recently', async () => {
  const ledger = await ledgerWithImport();
  expect((await importDetails(ledger, 'i', t0 + 5 * MINUTE_MS)).notice).toBeNull();
});

test('throws import-unknown for an import that is not in the ledger', async () => {
  await expect(importDetails(memoryLedger(), 'i', t0)).rejects.toMatchObject({ code: 'import-unknown' });
});

test('an interrupted load of a local file names the command that resumes it', async () => {
  const { clock, ledger, registerLocalFile } = world();
  const { id } = await registerLocalFile('/data/a.csv');
  const lease = { importId: id, chunk: 0, owner: 'a' };
  await ledger.claim(lease, { epoch: 0, nowMs: clock.now(), untilMs: clock.now() + 60_000 });
  expect(await importDetails(ledger, id, clock.now() + 3_600_000)).toMatchObject({
    notice: expect.stringContaining('run: sluice load /data/a.csv --dataset people') as string,
  });
});

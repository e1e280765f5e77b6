import { putCounts } from '../support/counts.ts';
import { randomUUID } from 'node:crypto';
import type { Counts } from '../../src/core/imports/counts.ts';
import type { Checkpoint, ChunkRange, Lease } from '../../src/core/imports/import.ts';
import type { Ledger } from '../../src/core/ports.ts';

export const t0 = Date.UTC(2026, 10, 1);
export const minute = 60_000;
export const halves: readonly ChunkRange[] = [
  { startBytes: 0, endBytes: 500, startLine: 1 },
  { startBytes: 500, endBytes: 1000, startLine: 12 },
];
export const failure = { code: 'object-gone', reason: 'It was deleted.' } as const;

type NewImport = Parameters<Ledger['register']>[0];

export function newImport(
  given: Partial<Omit<NewImport, 'object'>> & { object?: Partial<NewImport['object']> },
): NewImport {
  return {
    id: randomUUID(),
    dataset: 'people',
    datasetDigest: '0123456789abcdef',
    parallel: 3,
    queuedAtMs: t0,
    ...given,
    object: {
      bucket: 'sluice-source',
      key: 'people/2026.csv',
      versionId: 'v1',
      etag: 'd41d8cd98f00b204e9800998ecf8427e',
      sizeBytes: 1000,
      sequencer: '0055AED6DCD90281E5',
      ...given.object,
    },
  };
}

export function leaseOf(importId: string, owner: string): Lease {
  return { importId, chunk: 0, owner };
}

/** A minute's lease, asked for so long after t0. */
export function terms(epoch: number, afterMs = 0): { epoch: number; nowMs: number; untilMs: number } {
  return { epoch, nowMs: t0 + afterMs, untilMs: t0 + afterMs + minute };
}

export function rows(n: number): Counts {
  return putCounts({ read: 10 * n, written: 4 * n, rejected: 3 * n, superseded: 2 * n, skipped: n });
}

export function at(offsetBytes: number): Checkpoint {
  return { offsetBytes, line: offsetBytes + 1, counts: rows(offsetBytes), units: offsetBytes * 2 };
}

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

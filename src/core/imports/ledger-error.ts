import { SluiceError } from '../errors.ts';
import type { ChunkRecord, ImportRecord, Lease } from './import.ts';

/** What every ledger throws to a loader whose lease is another's, given back, or ended with the chunk (null: no such chunk). */
export function leaseLost(lease: Lease, chunk: ChunkRecord | null): SluiceError {
  return new SluiceError(
    'lease-lost',
    `Chunk ${lease.chunk} of import ${lease.importId} is not leased to ${lease.owner} any more: ${standing()}. ` +
      'Nothing is lost: whoever has the lease goes on from the last checkpoint.',
    { data: { ...lease, holder: chunk?.lease ?? null, finished: chunk?.finished ?? false } },
  );

  function standing(): string {
    if (chunk === null) return 'it is not in the ledger';
    if (chunk.finished) return 'it is finished';
    if (chunk.lease === null) return 'it was given back';
    return `${chunk.lease.owner} has it until ${new Date(chunk.lease.untilMs).toISOString()}`;
  }
}

export function importUnknown(importId: string): SluiceError {
  return new SluiceError(
    'import-unknown',
    `The ledger knows no import ${importId}. 'sluice status' lists those that it knows; to load the file, drop it again.`,
    { data: { importId } },
  );
}

/** The import cannot be `done`: chunks are missing, or its counts are not those that the caller has seen to add up. */
export function countsUnbalanced(record: ImportRecord): SluiceError {
  const { id, finishedChunks, chunkCount, counts } = record;
  return new SluiceError(
    'counts-unbalanced',
    `Import ${id} cannot be marked done: the ledger has counted ${finishedChunks.length} of its ${chunkCount} chunks, ${JSON.stringify(counts)}, and that is not what was to be recorded. ` +
      'This is a fault in Sluice: please report it with this message.',
    { data: { importId: id, finishedChunks, chunkCount, counts } },
  );
}

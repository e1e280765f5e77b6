import { SluiceError } from '../errors.ts';
import type { ChunkRecord, ImportRecord, Lease } from './import.ts';

/** What every ledger throws to a loader whose lease is another's, given back, or ended with the chunk (null: no such chunk). */
export function leaseLost(lease: Lease, chunk: ChunkRecord | null): SluiceError {
  return new SluiceError(
    'lease-lost',
    `Chunk ${lease.chunk} of import ${lease.importId} is no longer leased to ${lease.owner}: ${standing()}. ` +
      'Nothing is lost: the owner of the lease resumes from the last checkpoint.',
    { data: { ...lease, holder: chunk?.lease ?? null, finished: chunk?.finished ?? false } },
  );

  function standing(): string {
    if (chunk === null) return 'it is not in the ledger';
    if (chunk.finished) return 'it is finished';
    if (chunk.lease === null) return 'it was released';
    return `${chunk.lease.owner} has it until ${new Date(chunk.lease.untilMs).toISOString()}`;
  }
}

export function importUnknown(importId: string): SluiceError {
  return new SluiceError(
    'import-unknown',
    `The ledger has no import ${importId}. 'sluice status' lists the imports; to load the file, upload it again.`,
    { data: { importId } },
  );
}

/** The import cannot be `done`: chunks are missing, or its counts are not those that the caller has seen to add up. */
export function countsUnbalanced(record: ImportRecord): SluiceError {
  const { id, finishedChunks, chunkCount, counts } = record;
  return new SluiceError(
    'counts-unbalanced',
    `Import ${id} cannot be marked done: the ledger has counted ${finishedChunks.length} of its ${chunkCount} chunks, with other counts than expected: ${JSON.stringify(counts)}. ` +
      'This is a bug in Sluice: please report it with this message.',
    { data: { importId: id, finishedChunks, chunkCount, counts } },
  );
}

import {
  type ChunkRecord,
  type Failure,
  hasEnded,
  type ImportRecord,
  type ImportStatus,
} from '../core/import.ts';
import { importUnknown } from '../core/ledger-error.ts';
import type { Ledger, Queue } from '../core/ports.ts';
import type { WorkMessage } from '../core/work.ts';
import type { Emit } from './events.ts';

export type RetryOutcome =
  /** So many messages are queued; the import goes on from its checkpoints. */
  | { readonly kind: 'queued'; readonly messages: number }
  /** There is nothing to go on with. */
  | { readonly kind: 'ended'; readonly status: ImportStatus };

/**
 * Sends an import on whose messages are lost or in the dead-letter queue: a message of the next epoch for each chunk that
 * is to be worked on now. Does no harm to an import that is being loaded. Throws `import-unknown`.
 */
export async function retry(
  { ledger, queue }: { ledger: Ledger; queue: Queue },
  importId: string,
): Promise<RetryOutcome> {
  const record = await ledger.readImport(importId);
  if (record === null) throw importUnknown(importId);
  if (hasEnded(record.status)) return { kind: 'ended', status: record.status };
  // Chunks that a crash may have left out.
  await ledger.register(record, []);
  const chunks = chunksLeft(record, await ledger.readChunks(importId));
  await ledger.noteWatch(importId, null);
  await ledger.mark(importId, 'queued', null);
  for (const { index, epoch } of chunks) await queue.send({ importId, chunk: index, epoch: epoch + 1 }, 0);
  return { kind: 'queued', messages: chunks.length };
}

/** Marks the import of a message that has failed for the last time, so that somebody looks at it. */
export async function stall(
  { ledger }: { ledger: Ledger },
  { importId, chunk, epoch }: WorkMessage,
  failure: Failure,
  emit: Emit,
): Promise<void> {
  await ledger.mark(importId, 'stalled', failure);
  emit({ type: 'import stalled', level: 'error', importId, chunk, epoch, ...failure });
}

/**
 * Those that are finished and not counted, and those that are not finished and wait for no other one; the last chunk where
 * only the import's end is left to do.
 */
function chunksLeft(
  { finishedChunks, parallel }: ImportRecord,
  chunks: readonly ChunkRecord[],
): readonly ChunkRecord[] {
  const unfinished = chunks.filter(({ finished }) => !finished);
  const left = chunks.filter(({ index, finished }) =>
    finished ? !finishedChunks.includes(index) : !unfinished.some((other) => isWaitedFor(other, index)),
  );
  return left.length > 0 ? left : chunks.slice(-1);

  function isWaitedFor(other: ChunkRecord, index: number): boolean {
    return other.index < index && (index - other.index) % parallel === 0;
  }
}

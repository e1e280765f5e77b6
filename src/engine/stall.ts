import { type ChunkRecord, type Failure, hasEnded, type ImportRecord } from '../core/import.ts';
import type { Clock, Ledger } from '../core/ports.ts';
import type { WorkMessage } from '../core/work.ts';
import type { Emit } from './events.ts';
import { SKEW_MS } from './lease-times.ts';

/**
 * Marks the import of a dead letter `stalled`, with the reason of the last attempt, so that somebody looks at it: nothing goes on
 * with it but `sluice retry`, by the ledger alone. A dead letter that no longer matters is dropped.
 */
export async function stall(
  { ledger, clock }: { ledger: Ledger; clock: Clock },
  message: WorkMessage,
  emit: Emit,
): Promise<void> {
  const { importId, chunk: index, epoch } = message;
  const record = await ledger.readImport(importId);
  const chunk = (await ledger.readChunks(importId)).find((one) => one.index === index);
  const reason = whyNot(message, record, chunk, clock.now());
  if (reason !== null) {
    emit({ type: 'dead letter dropped', level: 'info', importId, chunk: index, epoch, reason });
    return;
  }
  const failure = record!.lastFailure ?? DIED;
  await ledger.mark(importId, 'stalled', failure);
  const { dataset } = record!;
  emit({ type: 'import stalled', level: 'error', importId, dataset, chunk: index, epoch, ...failure });
}

/** Of a message whose loaders all ended without a word. */
const DIED: Failure = {
  code: 'function-died',
  reason:
    "The function ended each time before it could say what went wrong: out of memory, out of time, or killed. The log's lines " +
    "of type 'platform.report' tell which. Then run `sluice retry` with the import's id.",
};

/** null: the chunk depends on this message. */
function whyNot(
  { epoch }: WorkMessage,
  record: ImportRecord | null,
  chunk: ChunkRecord | undefined,
  nowMs: number,
): string | null {
  if (record === null) return 'the import is not in the ledger';
  if (hasEnded(record.status)) return `the import is ${record.status}`;
  if (chunk === undefined) return null;
  // The message of the last chunk that is counted ends the import as well.
  const isCounted = record.finishedChunks.includes(chunk.index);
  if (isCounted && record.finishedChunks.length < record.chunkCount) return 'the chunk is counted';
  if (!chunk.finished && chunk.epoch > epoch) return 'a later message has taken the chunk over';
  // Its message is hidden as long as its lease lasts, so this one is another's; should that one die, the sweep finds it.
  if (chunk.lease !== null && chunk.lease.untilMs > nowMs + SKEW_MS) return 'the chunk is being loaded';
  return null;
}

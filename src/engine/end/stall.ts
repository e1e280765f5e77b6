import { type ChunkRecord, type Failure, hasEnded, type ImportRecord } from '../../core/imports/import.ts';
import type { Clock, Ledger } from '../../core/ports.ts';
import type { WorkMessage } from '../../core/imports/work.ts';
import type { Emit } from '../events.ts';
import { SKEW_MS } from '../lease/lease-times.ts';

/**
 * Marks the import of a dead letter `stalled`, with the reason of the last attempt. Nothing resumes it but `sluice retry`, by the ledger alone. A dead letter that no longer matters is dropped. False: it must be looked at
 * again, for its chunk is leased still. That may be the lease of the message's last loader, which failed and could not give it
 * back; or another message's, whose loader may yet die.
 */
export async function stall(
  { ledger, clock }: { ledger: Ledger; clock: Clock },
  message: WorkMessage,
  emit: Emit,
): Promise<boolean> {
  const { importId, chunk: index, epoch } = message;
  const record = await ledger.readImport(importId);
  const chunk = (await ledger.readChunks(importId)).find((one) => one.index === index);
  const reason = whyNot(message, record, chunk);
  if (reason !== null) {
    emit({ type: 'dead letter dropped', level: 'info', importId, chunk: index, epoch, reason });
    return true;
  }
  const leasedUntilMs = chunk?.lease?.untilMs ?? -Infinity;
  if (leasedUntilMs > clock.now() + SKEW_MS) {
    emit({ type: 'dead letter kept', level: 'info', importId, chunk: index, epoch, leasedUntilMs });
    return false;
  }
  const failure = record!.lastFailure ?? DIED;
  await ledger.mark(importId, 'stalled', failure);
  const { dataset } = record!;
  emit({ type: 'import stalled', level: 'error', importId, dataset, chunk: index, epoch, ...failure });
  return true;
}

/** The failure of a message whose loaders all ended without an error. */
const DIED: Failure = {
  code: 'function-died',
  reason:
    "The function ended each time without an error: out of memory, out of time, or killed. The log's lines " +
    "of type 'platform.report' say which. Then run `sluice retry` with the import's id.",
};

/** null: the chunk depends on this message. */
function whyNot(
  { epoch }: WorkMessage,
  record: ImportRecord | null,
  chunk: ChunkRecord | undefined,
): string | null {
  if (record === null) return 'the import is not in the ledger';
  if (hasEnded(record.status)) return `the import is ${record.status}`;
  if (chunk === undefined) return null;
  // The message of the last chunk that is counted ends the import as well.
  const isCounted = record.finishedChunks.includes(chunk.index);
  if (isCounted && record.finishedChunks.length < record.chunkCount) return 'the chunk is counted';
  if (!chunk.finished && chunk.epoch > epoch) return 'a later message has taken the chunk over';
  return null;
}

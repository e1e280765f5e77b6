import { type ChunkRecord, hasRivals, type ImportRecord, isLocalFile } from '../core/imports/import.ts';
import type { Ledger, Queue } from '../core/ports.ts';
import { holderOf } from './order/turn.ts';

type Ports = { readonly ledger: Ledger; readonly queue: Queue };

/**
 * Queues the messages of those chunks that are loaded first and that no loader has claimed. A crash may have come between these
 * messages. One too many does no harm, the chunk's lease sees to it. Returns their number.
 */
export async function queueFirst(
  { ledger, queue }: Ports,
  { id, parallel }: ImportRecord,
  delayMs: number,
): Promise<number> {
  const first = (await ledger.readChunks(id)).slice(0, parallel).filter(isUntouched);
  for (const { index } of first) await queue.send({ importId: id, chunk: index, epoch: 0 }, delayMs);
  return first.length;
}

/** Queues the messages that an import needs to resume, from the ledger alone. Returns their number; 0: another import has the turn. */
export async function queueAgain(ports: Ports, record: ImportRecord): Promise<number> {
  const { ledger } = ports;
  const { id, dataset, object, place, queuedAtMs } = record;
  // What a crash of `accept` may have left out: chunks, and the place among the versions of the key or the imports of the dataset.
  await ledger.register(record, []);
  if (hasRivals(record)) await ledger.takeKey({ ...object, sequencer: object.sequencer! }, id, queuedAtMs);
  if (place !== null) {
    await ledger.takePlace(dataset, { place, importId: id }, queuedAtMs);
    const holder = await holderOf(ledger, await ledger.readTurn(dataset));
    if (holder !== null && holder.id !== id) return 0;
  }
  return queueRest(ports, record);
}

/** Queues a message of the next epoch for each chunk that is to be worked on now. Returns their number. */
export async function queueRest({ ledger, queue }: Ports, record: ImportRecord): Promise<number> {
  if (isLocalFile(record.object)) return 0;
  const chunks = chunksLeft(record, await ledger.readChunks(record.id));
  for (const { index, epoch } of chunks)
    await queue.send({ importId: record.id, chunk: index, epoch: epoch + 1 }, 0);
  return chunks.length;
}

/** No loader has claimed it. */
function isUntouched({ epoch, lease, finished, checkpoint, startBytes }: ChunkRecord): boolean {
  return epoch === 0 && lease === null && !finished && checkpoint.offsetBytes === startBytes;
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

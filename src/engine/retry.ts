import { SluiceError } from '../core/errors.ts';
import {
  type ChunkRecord,
  hasEnded,
  type ImportRecord,
  type ImportStatus,
  isLocalFile,
} from '../core/imports/import.ts';
import { importUnknown } from '../core/imports/ledger-error.ts';
import type { Ledger, Queue } from '../core/ports.ts';

export type RetryOutcome =
  /** This number of messages is queued; the import resumes from its checkpoints. */
  | { readonly kind: 'queued'; readonly messages: number }
  /** There is nothing to resume. */
  | { readonly kind: 'ended'; readonly status: ImportStatus };

type Ports = { readonly ledger: Ledger; readonly queue: Queue };

/**
 * Resumes an import that is stalled, or whose messages are lost: a message of the next epoch for each chunk that is to be worked
 * on now. Does no harm to an import that is being loaded. Throws `import-unknown`; `configuration-invalid` for a local file.
 */
export async function retry(ports: Ports, importId: string): Promise<RetryOutcome> {
  const record = await ports.ledger.readImport(importId);
  if (record === null) throw importUnknown(importId);
  if (hasEnded(record.status)) return { kind: 'ended', status: record.status };
  if (isLocalFile(record.object)) throw localFile(record);
  await ports.ledger.noteWatch(importId, null);
  await ports.ledger.mark(importId, 'queued', null);
  return { kind: 'queued', messages: await queueAgain(ports, record) };
}

/** The command that resumes an import. */
export function resumeCommand({ id, object, dataset }: ImportRecord): string {
  return isLocalFile(object) ? `sluice load ${object.key} --dataset ${dataset}` : `sluice retry ${id}`;
}

/** The function cannot read it: it would fail the import. */
function localFile(record: ImportRecord): SluiceError {
  const { id, object } = record;
  return new SluiceError(
    'configuration-invalid',
    `Import ${id} loads a local file, ${object.key}: the function cannot read it. Run \`${resumeCommand(record)}\` again: it resumes from the last checkpoint.`,
    { data: { importId: id, file: object.key } },
  );
}

/** Queues the messages that an import needs to resume, from the ledger alone. Returns their number. */
export async function queueAgain({ ledger, queue }: Ports, record: ImportRecord): Promise<number> {
  const { id, object, queuedAtMs } = record;
  // What a crash of `accept` may have left out: chunks, and the place among the versions of the key.
  await ledger.register(record, []);
  if (object.sequencer !== null)
    await ledger.takeKey({ ...object, sequencer: object.sequencer }, id, queuedAtMs);
  const chunks = chunksLeft(record, await ledger.readChunks(id));
  for (const { index, epoch } of chunks)
    await queue.send({ importId: id, chunk: index, epoch: epoch + 1 }, 0);
  return chunks.length;
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

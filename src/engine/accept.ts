import { type Dataset, datasetOf } from '../core/dataset.ts';
import { type ChunkRecord, hasEnded, importId, type ImportRecord, type ObjectRef } from '../core/import.ts';
import type { Clock, Ledger, Queue, Results, Source } from '../core/ports.ts';
import type { Emit } from './events.ts';
import { tellEnd } from './finish.ts';
import { planChunks } from './plan-chunks.ts';
import { takeVersion } from './versions.ts';

export type AcceptOutcome =
  /** A work message for each chunk is in the queue. */
  | { readonly kind: 'queued'; readonly importId: string }
  /** The import is under way or has ended: the event is a repeated one. */
  | { readonly kind: 'known'; readonly importId: string }
  /** A newer version of the key is there already: the import has ended. */
  | { readonly kind: 'superseded'; readonly importId: string }
  /** The object belongs to no dataset. */
  | { readonly kind: 'ignored' };

/**
 * Takes an object in: registers its import, ends those of earlier versions of its key, and queues messages for the chunks that
 * are loaded first. It may die anywhere and run again, and the same event may come any number of times, late or early: there will be one import.
 */
export async function accept(
  ports: { source: Source; ledger: Ledger; queue: Queue; results: Results; clock: Clock },
  datasets: readonly Dataset[],
  object: ObjectRef,
  emit: Emit,
): Promise<AcceptOutcome> {
  const { ledger, queue, clock } = ports;
  const dataset = datasetOf(datasets, object.key);
  if (dataset === undefined) {
    emit({
      type: 'object ignored',
      level: 'warn',
      code: 'no-dataset',
      bucket: object.bucket,
      key: object.key,
      reason: 'no dataset has a source.prefix and source.suffix that this key has',
    });
    return { kind: 'ignored' };
  }
  const id = importId(object);
  const before = await ledger.readImport(id);
  if (before !== null && hasEnded(before.status)) return known(ports, before, emit);
  const parallel = dataset.load.max_parallel;
  const { record } = await ledger.register(
    { id, dataset: dataset.name, datasetDigest: dataset.digest, object, parallel, queuedAtMs: clock.now() },
    // An import that is there has its plan.
    before === null ? await planChunks(ports, dataset, object) : [],
  );
  if (hasEnded(record.status)) return known(ports, record, emit);
  if (!(await takeVersion(ports, record, emit))) return { kind: 'superseded', importId: id };
  // A crash may have come between these messages, and some chunks may be loading: the others still lack theirs. One too many
  // does no harm, the chunk's lease sees to it.
  const first = (await ledger.readChunks(id)).slice(0, record.parallel).filter(isUntouched);
  for (const { index } of first) await queue.send({ importId: id, chunk: index, epoch: 0 }, 0);
  if (first.length === 0) return known(ports, record, emit);
  emit({
    type: 'import queued',
    level: 'info',
    importId: id,
    dataset: dataset.name,
    bucket: object.bucket,
    key: object.key,
    versionId: object.versionId,
    sizeBytes: object.sizeBytes,
    chunks: record.chunkCount,
  });
  return { kind: 'queued', importId: id };
}

/** Nobody has ever claimed it. */
function isUntouched({ epoch, lease, finished, checkpoint, startBytes }: ChunkRecord): boolean {
  return epoch === 0 && lease === null && !finished && checkpoint.offsetBytes === startBytes;
}

async function known(
  ports: { ledger: Ledger; results: Results; clock: Clock },
  record: ImportRecord,
  emit: Emit,
): Promise<AcceptOutcome> {
  const { id, dataset, status, object } = record;
  emit({ type: 'import known', level: 'info', importId: id, dataset, status, key: object.key });
  if (hasEnded(status)) await tellEnd(ports, record, emit);
  return { kind: 'known', importId: id };
}

import type { Dataset, InvalidDataset } from '../core/dataset/dataset.ts';
import { hasEnded, importId, type ImportRecord, type ObjectRef } from '../core/imports/import.ts';
import type { Clock, Ledger, Queue, Results, Source } from '../core/ports.ts';
import { chunksAt } from '../core/imports/plan.ts';
import { placeOf } from '../core/imports/order.ts';
import { datasetOfObject } from './dataset/dataset-of-object.ts';
import type { Emit } from './events.ts';
import { enterOrder } from './order/standing-in-order.ts';
import { queueFirst } from './queue-work.ts';
import { endImport, reportEnd } from './end/end-import.ts';
import { planChunks } from './file/plan-chunks.ts';
import { takeVersion } from './versions.ts';

export type AcceptOutcome =
  /** A work message for each chunk is in the queue. */
  | { readonly kind: 'queued'; readonly importId: string }
  /** Another import of the dataset comes first, or may come: this one's turn will queue its messages. */
  | { readonly kind: 'waits'; readonly importId: string }
  /** The import is under way or has ended: the event is a repeated one. */
  | { readonly kind: 'known'; readonly importId: string }
  /** A newer version of the key is registered: the import has ended. */
  | { readonly kind: 'superseded'; readonly importId: string }
  /** The object's dataset cannot be read: the import has failed, and says why. */
  | { readonly kind: 'failed'; readonly importId: string }
  /** The object belongs to no dataset. */
  | { readonly kind: 'ignored' };

/** The digest of a dataset that cannot be read. */
const UNREADABLE = '';

/**
 * Takes an object in: registers its import, ends those of earlier versions of its key, and queues messages for the chunks that
 * are loaded first. It may die anywhere and run again, and the same event may come any number of times, late or early: there will be one import.
 */
export async function accept(
  ports: { source: Source; ledger: Ledger; queue: Queue; results: Results; clock: Clock },
  datasets: readonly (Dataset | InvalidDataset)[],
  object: ObjectRef,
  emit: Emit,
): Promise<AcceptOutcome> {
  const { ledger } = ports;
  const dataset = await datasetOfObject(ports, datasets, object);
  if (dataset === undefined) {
    emit({
      type: 'object ignored',
      code: 'no-dataset',
      bucket: object.bucket,
      key: object.key,
      ...whyIgnored(datasets, object.key),
    });
    return { kind: 'ignored' };
  }
  const id = importId(object);
  const before = await ledger.readImport(id);
  if (before !== null && hasEnded(before.status)) return known(ports, before, emit);
  // One that began with a readable dataset resumes with that one, whatever is deployed now.
  const begun = before !== null && before.datasetDigest !== UNREADABLE ? before : null;
  if (begun === null && 'problem' in dataset) return refuse(ports, dataset, object, emit);
  const { record, isNew } =
    begun === null
      ? await registerNew(ports, dataset as Dataset, object, emit)
      : // A registered import has its plan.
        await ledger.register(begun, []);
  if ('expect' in dataset && dataset.expect !== null)
    await ledger.noteArrival(dataset.name, dataset.expect.every, object.uploadedAtMs ?? ports.clock.now());
  if (hasEnded(record.status)) return known(ports, record, emit);
  if (!(await takeVersion(ports, record, emit))) return { kind: 'superseded', importId: id };
  // A repeated event may come after a crash: then any import may lack its messages.
  const queuedFor = isNew ? { importId: id } : 'any';
  const order = record.place === null ? null : (await enterOrder(ports, record, queuedFor, emit)).kind;
  if (order === 'late') return { kind: 'failed', importId: id };
  if (order === 'waits' || order === 'later') return { kind: 'waits', importId: id };
  if (order === null && (await queueFirst(ports, record, 0)) === 0) return known(ports, record, emit);
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

/** S3 sends the events of all objects under a dataset's prefix: one with another suffix, such as a checksum, is no reason for a warning. */
function whyIgnored(
  datasets: readonly (Dataset | InvalidDataset)[],
  key: string,
): { readonly level: 'info' | 'warn'; readonly reason: string } {
  const near = datasets.find(({ source }) => source !== null && key.startsWith(source.prefix));
  if (near === undefined)
    return { level: 'warn', reason: 'no dataset has a source.prefix and source.suffix that match this key' };
  const suffixes = near.source!.suffix.map((suffix) => `'${suffix}'`).join(' or ');
  return { level: 'info', reason: `dataset '${near.name}' loads only keys that end with ${suffixes}` };
}

async function registerNew(
  ports: { source: Source; ledger: Ledger; clock: Clock },
  dataset: Dataset,
  object: ObjectRef,
  emit: Emit,
): ReturnType<Ledger['register']> {
  const { name, digest, load } = dataset;
  // Before the import that names it by its digest.
  await ports.ledger.keepDataset(digest, JSON.stringify(dataset));
  const chunks = await planChunks(ports, dataset, object, (reason) =>
    emit({ type: 'object not cut', level: 'info', dataset: name, key: object.key, reason }),
  );
  const id = importId(object);
  const nowMs = ports.clock.now();
  const place =
    load.files === 'in_order' ? placeOf(object.uploadedAtMs ?? nowMs, object.sequencer, id) : null;
  return ports.ledger.register(
    {
      id,
      dataset: name,
      datasetDigest: digest,
      object,
      parallel: load.max_parallel,
      queuedAtMs: nowMs,
      place,
    },
    chunks,
  );
}

/** Registers an import that has failed before it began, so that people see it where they look for imports. */
async function refuse(
  ports: { ledger: Ledger; results: Results; queue: Queue; clock: Clock },
  { name, problem }: InvalidDataset,
  object: ObjectRef,
  emit: Emit,
): Promise<AcceptOutcome> {
  const entry = { id: importId(object), dataset: name, datasetDigest: UNREADABLE, object, parallel: 1 };
  const { record } = await ports.ledger.register(
    { ...entry, queuedAtMs: ports.clock.now() },
    chunksAt([], object),
  );
  if (record.datasetDigest !== UNREADABLE) return known(ports, record, emit);
  const reason = `The deployed dataset '${name}' cannot be read by this version of the function. Run npm run build and deploy again, then upload the file again.\n${problem.message}`;
  await endImport(ports, record, { status: 'failed', failure: { code: 'dataset-invalid', reason } }, emit);
  return { kind: 'failed', importId: record.id };
}

async function known(
  ports: { ledger: Ledger; results: Results; queue: Queue; clock: Clock },
  record: ImportRecord,
  emit: Emit,
): Promise<AcceptOutcome> {
  const { id, dataset, status, object } = record;
  emit({ type: 'import already registered', level: 'info', importId: id, dataset, status, key: object.key });
  if (hasEnded(status)) await reportEnd(ports, record, emit);
  return { kind: 'known', importId: id };
}

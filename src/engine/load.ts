import type { Dataset } from '../core/dataset.ts';
import { type ErrorCode, SluiceError } from '../core/errors.ts';
import { type ChunkRecord, hasEnded, type ImportRecord } from '../core/import.ts';
import type { Clock, Lease, Ledger, Queue, Results, Source, Table } from '../core/ports.ts';
import { formatRejects, type Reject } from '../core/reject.ts';
import type { WorkMessage } from '../core/work.ts';
import { type Keeper, loadChunk } from './chunk-loader.ts';
import type { Emit } from './events.ts';
import { type FileHeader, readFileHeader } from './file-header.ts';
import { fail, finish, rejectsFolder } from './finish.ts';

export type LoadPorts = {
  readonly source: Source;
  readonly table: (dataset: Dataset) => Table;
  readonly results: Results;
  readonly ledger: Ledger;
  readonly queue: Queue;
  readonly clock: Clock;
};

export type LoadOutcome =
  /** The chunk is finished; `isDone`: the import with it. */
  | { readonly kind: 'finished'; readonly isDone: boolean }
  /** The import is recorded as failed. */
  | { readonly kind: 'failed'; readonly code: ErrorCode }
  /** The deadline came near: the rest is queued under the next epoch. */
  | { readonly kind: 'continued' }
  /** Nothing to do: the import has ended or is unknown, or the message is of an older epoch, or the lease was lost. */
  | { readonly kind: 'dropped'; readonly reason: string }
  /** Somebody else is loading the chunk: the message should come again later. */
  | { readonly kind: 'held'; readonly untilMs: number };

const LEASE_MS = 60_000;

/** What ends an import for good; any other error is passed on, for the message to come again. */
const FATAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'no-dataset',
  'dataset-invalid',
  'empty-file',
  'header-invalid',
  'duplicate-header',
  'key-column-missing',
  'record-too-large',
  'object-gone',
  'object-changed',
  'table-missing',
  'table-key-mismatch',
  'access-denied',
]);

/** Works on one message: loads its chunk from the checkpoint until it is finished or the deadline nears. */
export async function load(
  ports: LoadPorts,
  datasets: readonly Dataset[],
  message: WorkMessage,
  options: { owner: string; deadlineMs: number; receipt?: string; emit: Emit },
): Promise<LoadOutcome> {
  const { ledger, clock } = ports;
  const record = await ledger.readImport(message.importId);
  if (record === null) return drop('the import is not in the ledger');
  if (hasEnded(record.status)) return drop(`the import is ${record.status}`);
  const lease: Lease = { importId: message.importId, chunk: message.chunk, owner: options.owner };
  const nowMs = clock.now();
  const answer = await ledger.claim(lease, { epoch: message.epoch, nowMs, untilMs: nowMs + LEASE_MS });
  switch (answer.kind) {
    case 'held':
      await hide(answer.untilMs - nowMs);
      return { kind: 'held', untilMs: answer.untilMs };
    case 'stale':
      return drop('a later message has taken the chunk over');
    case 'unknown':
      return drop('the chunk is not in the ledger');
    case 'finished':
      return { kind: 'finished', isDone: await finish(ports, answer.chunk, options.emit) };
    case 'claimed':
      break;
  }
  // From here on a crash shows the message again as soon as the lease is over, and not after the queue's own time.
  await hide(LEASE_MS);
  await ledger.begin(message.importId, nowMs);
  const begun = { ...record, startedAtMs: record.startedAtMs ?? nowMs };
  try {
    return await work(ports, datasets, begun, answer.chunk, lease, message, options);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    if (error.code === 'lease-lost') return drop('the lease was lost');
    if (!FATAL.has(error.code)) throw error;
    await fail(ports, begun, { code: error.code, reason: error.message }, options.emit);
    return { kind: 'failed', code: error.code };
  }

  async function hide(forMs: number): Promise<void> {
    if (options.receipt !== undefined) await ports.queue.hide(options.receipt, forMs);
  }

  function drop(reason: string): LoadOutcome {
    options.emit({
      type: 'message dropped',
      level: 'info',
      importId: message.importId,
      chunk: message.chunk,
      epoch: message.epoch,
      reason,
    });
    return { kind: 'dropped', reason };
  }
}

async function work(
  ports: LoadPorts,
  datasets: readonly Dataset[],
  record: ImportRecord,
  chunk: ChunkRecord,
  lease: Lease,
  message: WorkMessage,
  options: { deadlineMs: number; receipt?: string; emit: Emit },
): Promise<LoadOutcome> {
  const { ledger, queue, clock, source } = ports;
  const { emit, deadlineMs, receipt } = options;
  const dataset = datasetNamed(datasets, record);
  const header = await readFileHeader(source, record.object, dataset);
  warnOfMissingColumns(dataset, header, record, emit);
  emit({
    type: chunk.checkpoint.offsetBytes === 0 ? 'chunk begun' : 'chunk resumed',
    level: 'info',
    importId: record.id,
    chunk: chunk.index,
    epoch: message.epoch,
    offsetBytes: chunk.checkpoint.offsetBytes,
  });
  const { checkpoint, isFinished } = await loadChunk({
    source,
    table: ports.table(dataset),
    clock,
    dataset,
    record,
    chunk,
    header,
    keeper: createKeeper({
      ports,
      dataset,
      record,
      chunk,
      lease,
      header,
      ...(receipt === undefined ? {} : { receipt }),
    }),
    deadlineMs,
    onProgress: (progress) =>
      emit({ type: 'chunk progress', level: 'debug', importId: record.id, chunk: chunk.index, ...progress }),
  });
  if (isFinished) {
    await ledger.finishChunk(lease, checkpoint);
    return { kind: 'finished', isDone: await finish(ports, { ...chunk, checkpoint, finished: true }, emit) };
  }
  // The lease first: if the message of the next epoch is never sent, this one comes again and goes on.
  await ledger.release(lease, checkpoint);
  await queue.send({ ...message, epoch: message.epoch + 1 }, 0);
  emit({
    type: 'chunk continued',
    level: 'info',
    importId: record.id,
    chunk: chunk.index,
    epoch: message.epoch + 1,
    ...checkpoint,
  });
  return { kind: 'continued' };
}

/** Writes each range's rejects under a name that its start alone decides, so that a repeated range replaces its own file. */
function createKeeper(options: {
  ports: LoadPorts;
  dataset: Dataset;
  record: ImportRecord;
  chunk: ChunkRecord;
  lease: Lease;
  header: FileHeader;
  receipt?: string;
}): Keeper {
  const { ports, dataset, record, chunk, lease, header, receipt } = options;
  let rangeStartBytes = chunk.checkpoint.offsetBytes;
  /** Of the range that begins there; they leave with the checkpoint behind it, and not before. */
  let unkept: readonly Reject[] = [];
  return {
    async keep(watermark, units) {
      const { checkpoint, rejects } = watermark.advance(units);
      unkept = [...unkept, ...rejects];
      if (unkept.length > 0) {
        const start = String(rangeStartBytes).padStart(15, '0');
        const name = `${rejectsFolder(record)}${chunk.index}-${start}.csv`;
        await ports.results.put(
          name,
          formatRejects(header.raw, unkept, dataset.format),
          'text/csv; charset=utf-8',
        );
      }
      await ports.ledger.checkpoint(lease, checkpoint, ports.clock.now() + LEASE_MS);
      if (receipt !== undefined) await ports.queue.hide(receipt, LEASE_MS);
      rangeStartBytes = checkpoint.offsetBytes;
      unkept = [];
      return checkpoint;
    },
  };
}

function datasetNamed(datasets: readonly Dataset[], record: ImportRecord): Dataset {
  const dataset = datasets.find(({ name }) => name === record.dataset);
  if (dataset !== undefined) return dataset;
  throw new SluiceError(
    'no-dataset',
    `Import ${record.id} belongs to dataset '${record.dataset}', which is no longer there. Put datasets/${record.dataset}.yaml back and drop the file again.`,
    { data: { dataset: record.dataset } },
  );
}

function warnOfMissingColumns(dataset: Dataset, header: FileHeader, record: ImportRecord, emit: Emit): void {
  const missing = Object.keys(dataset.columns).filter((name) => !header.names.includes(name));
  if (missing.length === 0) return;
  emit({
    type: 'declared columns missing',
    level: 'warn',
    importId: record.id,
    dataset: dataset.name,
    missing,
    header: header.names.slice(0, 100),
  });
}

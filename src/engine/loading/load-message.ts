import type { Dataset, InvalidDataset } from '../../core/dataset/dataset.ts';
import { consequenceOf, type ErrorCode, failsImport, SluiceError } from '../../core/errors.ts';
import {
  type Checkpoint,
  type ChunkRecord,
  hasEnded,
  type ImportRecord,
  isLocalFile,
  type Lease,
} from '../../core/imports/import.ts';
import type { TableShape } from '../../core/dataset/table-shape.ts';
import type { Clock, Ledger, Queue, Results, Source, TableWriter } from '../../core/ports.ts';
import type { WorkMessage } from '../../core/imports/work.ts';
import type { RowObserver } from '../../core/rows/row-observer.ts';
import { type ChunkEnd, loadChunk } from './chunk-loader.ts';
import type { Emit } from '../events.ts';
import { countFinishedChunk, endImport, reportEnd } from '../end/end-import.ts';
import { HAND_ON_MS, handOn, releaseIfOwned, waitForDeployment } from './hand-on.ts';
import { type Claim, createKeeper } from './keeper.ts';
import { createLeaseClock } from '../lease/lease-clock.ts';
import { LEASE_MS } from '../lease/lease-times.ts';
import { passTurn } from '../order/pass-turn.ts';
import { openChunk, recordWarnings } from './open-chunk.ts';
import { type OrderStanding, standingInOrder } from '../order/standing-in-order.ts';
import { standingOf } from '../versions.ts';

export type LoadPorts = {
  readonly source: Source;
  readonly table: (dataset: Dataset) => TableWriter;
  /** Called for tables that the deployment does not create. Throws `table-missing`, `table-region-mismatch`, `access-denied`. */
  readonly describeTable: (dataset: Dataset) => Promise<TableShape>;
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
  /** The loader reached its deadline, or was asked to stop: the rest is queued under the next epoch. */
  | { readonly kind: 'continued' }
  /** The table is the bottleneck: the rest is queued under the next epoch, for the time when burst credit has accumulated. */
  | { readonly kind: 'parked'; readonly parkMs: number }
  /** A right or a table is missing, perhaps only until a deployment has taken effect: the rest is queued for then. */
  | { readonly kind: 'waiting'; readonly code: ErrorCode }
  /** Nothing to do: the import has ended or is unknown, or the message is of an older epoch. */
  | { readonly kind: 'dropped'; readonly reason: string }
  /**
   * Another loader has the chunk now, perhaps by the same message. The message must be delivered again: if this loader deleted it and
   * the other one died, no loader would continue. SQS may delete a message even by a receipt that is not the latest.
   */
  | { readonly kind: 'lost' }
  /** Another loader has the chunk, or an earlier version of the object: the message is queued again for later. */
  | { readonly kind: 'held'; readonly untilMs: number };

export type LoadOptions = {
  /** Of the lease: no two loaders have the same. */
  readonly owner: string;
  /** A time of the monotonic clock, not a span. */
  readonly deadlineMs: number;
  /** Once it is aborted, the load writes what it has read (for a few seconds), a checkpoint, and gives its lease back. */
  readonly stop?: AbortSignal | undefined;
  /** So long after an import has begun it waits for a right or a table that is missing, before it fails. Default: not at all. */
  readonly patienceMs?: number;
  /** By what the message is kept hidden. */
  readonly receipt?: string;
  readonly observer?: RowObserver;
  readonly emit: Emit;
};

/** Between looks at whether an earlier version's loader has stopped: it does so at its next checkpoint, within some 5 s. */
const OLDER_VERSION_MS = 5000;
/** Between looks at whether an earlier import of the dataset has stopped, or one that may still come has come. */
const MOST_WAIT_MS = 60_000;

/** Handles one work message: loads its chunk from the checkpoint, until the chunk is finished or the loader has to stop. */
export async function loadMessage(
  ports: LoadPorts,
  datasets: readonly (Dataset | InvalidDataset)[],
  message: WorkMessage,
  options: LoadOptions,
): Promise<LoadOutcome> {
  const { ledger, queue, clock } = ports;
  const lease: Lease = { importId: message.importId, chunk: message.chunk, owner: options.owner };
  const leaseClock = createLeaseClock(clock);
  const nowMs = leaseClock.latestMs();
  const untilMs = nowMs + LEASE_MS;
  const answer = await ledger.claim(lease, { epoch: message.epoch, nowMs, untilMs });
  switch (answer.kind) {
    case 'held':
      // A new message for the end of the lease: the retries of this one are limited.
      await queue.send(message, answer.untilMs - nowMs + HAND_ON_MS);
      return { kind: 'held', untilMs: answer.untilMs };
    case 'stale':
      return drop(message, options.emit, 'a later message has taken the chunk over');
    case 'unknown':
      return drop(message, options.emit, 'the import is not in the ledger');
    case 'finished': {
      const record = await ledger.readImport(message.importId);
      if (isEnded(record)) return dropEnded(ports, message, record, options.emit);
      return finishChunk(ports, datasets, record, answer.chunk, options.emit);
    }
    case 'claimed':
      break;
  }
  try {
    return await loadClaimedChunk(
      ports,
      datasets,
      message,
      { lease, untilMs, clock: leaseClock, ...answer },
      options,
    );
  } catch (error) {
    if (!(error instanceof SluiceError && error.code === 'lease-lost')) throw error;
    const { importId, chunk, epoch } = message;
    options.emit({ type: 'lease lost', level: 'warn', importId, chunk, epoch, reason: error.message });
    return { kind: 'lost' };
  }
}

async function loadClaimedChunk(
  ports: LoadPorts,
  datasets: readonly (Dataset | InvalidDataset)[],
  message: WorkMessage,
  claim: Claim,
  options: LoadOptions,
): Promise<LoadOutcome> {
  const { ledger, queue, clock } = ports;
  const { lease, chunk } = claim;
  // After a crash the message is visible again when the lease expires, not after the queue's visibility timeout.
  if (options.receipt !== undefined) await queue.hide(options.receipt, LEASE_MS);
  // After the claim: a process that ends an import relies on later claims seeing the end.
  const record = await ledger.readImport(message.importId);
  if (isEnded(record)) {
    await ledger.release(lease, chunk.checkpoint, message.epoch);
    return dropEnded(ports, message, record, options.emit);
  }
  const standing = await standingOf(ports, record, claim.clock, options.emit);
  if (standing.kind === 'superseded') {
    await ledger.release(lease, chunk.checkpoint, message.epoch);
    return drop(message, options.emit, 'a newer version of the object was uploaded');
  }
  if (standing.kind === 'waits') {
    const waitMs = Math.min(OLDER_VERSION_MS, standing.untilMs - claim.clock.earliestMs());
    await handOn(ports, message, claim, chunk.checkpoint, waitMs + HAND_ON_MS);
    return { kind: 'held', untilMs: standing.untilMs };
  }
  const inOrder = await standingInOrder(ports, record, claim.clock, options.emit);
  if (inOrder.kind !== 'free') return waitForTurn(ports, message, claim, record, inOrder, options.emit);
  const startedAtMs = record.startedAtMs ?? clock.now();
  await ledger.begin(record.id, startedAtMs);
  const begun = { ...record, startedAtMs };
  try {
    const { checkpoint, end } = await loadRows(ports, datasets, begun, claim, options);
    return await afterRows(ports, datasets, message, begun, claim, checkpoint, end, options.emit);
  } catch (error) {
    if (!failsImport(error)) throw error;
    const failure = { code: error.code, reason: error.message };
    const untilMs = startedAtMs + (options.patienceMs ?? 0);
    if (consequenceOf(error.code) === 'waits' && clock.now() < untilMs) {
      await waitForDeployment(ports, message, claim, failure, untilMs, options.emit);
      return { kind: 'waiting', code: error.code };
    }
    await endImport(ports, begun, { status: 'failed', failure }, options.emit);
    await releaseIfOwned(ledger, lease, message.epoch);
    return { kind: 'failed', code: error.code };
  }
}

/** Releases a chunk whose import is not to be loaded now. Its turn queues its messages; a local file has no other process to look for it. */
async function waitForTurn(
  ports: LoadPorts,
  message: WorkMessage,
  claim: Claim,
  record: ImportRecord,
  standing: Exclude<OrderStanding, { readonly kind: 'free' }>,
  emit: Emit,
): Promise<LoadOutcome> {
  const { checkpoint } = claim.chunk;
  const isOwn = standing.kind === 'later' || (standing.kind === 'waits' && isLocalFile(record.object));
  if (isOwn) {
    const nowMs = claim.clock.earliestMs();
    const untilMs = standing.kind === 'later' ? standing.untilMs : nowMs + OLDER_VERSION_MS;
    await handOn(ports, message, claim, checkpoint, Math.min(MOST_WAIT_MS, untilMs - nowMs) + HAND_ON_MS);
    return { kind: 'held', untilMs };
  }
  await ports.ledger.release(claim.lease, checkpoint, message.epoch);
  if (standing.kind === 'late') return { kind: 'failed', code: 'arrived-late' };
  // Its turn may have come while the chunk was leased: then no message was queued for it.
  await passTurn(ports, record.dataset, { importId: record.id });
  return drop(message, emit, 'another import of its dataset comes first');
}

/** Loads the rows of the chunk as far as possible, and records the warnings. */
async function loadRows(
  ports: LoadPorts,
  datasets: readonly (Dataset | InvalidDataset)[],
  record: ImportRecord,
  claim: Claim,
  { deadlineMs, stop, receipt, observer, emit }: LoadOptions,
): Promise<{ checkpoint: Checkpoint; end: ChunkEnd }> {
  const { source, clock } = ports;
  const { chunk } = claim;
  const open = await openChunk(ports, datasets, record, chunk, emit);
  const { warnings, ...loaded } = await loadChunk({
    source,
    table: ports.table(open.dataset),
    clock,
    open,
    record,
    chunk,
    isRepeated: claim.takenOver || chunk.epoch > 0,
    keeper: createKeeper({ ports, ...open, record, claim, receipt }),
    deadlineMs,
    stop,
    observer,
    onProgress: (progress) =>
      emit({ type: 'chunk progress', level: 'debug', importId: record.id, chunk: chunk.index, ...progress }),
  });
  await recordWarnings(ports, record, warnings, emit);
  return loaded;
}

/** Finishes the chunk, or hands it on, by why `loadChunk` has stopped. */
async function afterRows(
  ports: LoadPorts,
  datasets: readonly (Dataset | InvalidDataset)[],
  message: WorkMessage,
  record: ImportRecord,
  claim: Claim,
  checkpoint: Checkpoint,
  end: ChunkEnd,
  emit: Emit,
): Promise<LoadOutcome> {
  const { ledger } = ports;
  const { lease, chunk } = claim;
  const { importId, epoch } = message;
  const { ahead: _, ...place } = checkpoint;
  const handedOn = { importId, chunk: chunk.index, epoch: epoch + 1, ...place };
  switch (end.kind) {
    case 'finished':
      await ledger.finishChunk(lease, checkpoint);
      return finishChunk(ports, datasets, record, { ...chunk, checkpoint, finished: true }, emit);
    case 'ended':
      await ledger.release(lease, checkpoint, epoch);
      return drop(message, emit, 'the import has ended');
    case 'deadline':
      await handOn(ports, message, claim, checkpoint, HAND_ON_MS);
      emit({ type: 'chunk continued', level: 'info', ...handedOn });
      return { kind: 'continued' };
    case 'parked':
      await handOn(ports, message, claim, checkpoint, end.parkMs);
      await ledger.mark(importId, 'parked', null);
      emit({ type: 'chunk parked', level: 'info', parkMs: end.parkMs, ...handedOn });
      return { kind: 'parked', parkMs: end.parkMs };
  }
}

/** Queues the chunk that waited for this one, and counts this one. Any part of this may have happened before. */
async function finishChunk(
  ports: LoadPorts,
  datasets: readonly (Dataset | InvalidDataset)[],
  record: ImportRecord,
  chunk: ChunkRecord,
  emit: Emit,
): Promise<LoadOutcome> {
  const next = chunk.index + record.parallel;
  if (next < record.chunkCount) await ports.queue.send({ importId: record.id, chunk: next, epoch: 0 }, 0);
  return { kind: 'finished', isDone: await countFinishedChunk(ports, datasets, chunk, emit) };
}

/** Drops a message of an import that has ended. The process that ended it may have died before it reported the end. */
async function dropEnded(
  ports: LoadPorts,
  message: WorkMessage,
  record: EndedImport | null,
  emit: Emit,
): Promise<LoadOutcome> {
  if (record !== null) await reportEnd(ports, record, emit);
  return drop(
    message,
    emit,
    record === null ? 'the import is not in the ledger' : `the import is ${record.status}`,
  );
}

function isEnded(record: ImportRecord | null): record is null | EndedImport {
  return record === null || hasEnded(record.status);
}

type EndedImport = ImportRecord & { readonly status: 'done' | 'failed' | 'superseded' };

function drop({ importId, chunk, epoch }: WorkMessage, emit: Emit, reason: string): LoadOutcome {
  emit({ type: 'message dropped', level: 'info', importId, chunk, epoch, reason });
  return { kind: 'dropped', reason };
}

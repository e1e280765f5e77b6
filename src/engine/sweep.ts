import {
  type ChunkRecord,
  type Failure,
  hasEnded,
  type ImportRecord,
  isLocalFile,
} from '../core/imports/import.ts';
import type { Clock, Ledger, Queue, Results } from '../core/ports.ts';
import type { Emit } from './events.ts';
import { reportEnd } from './end/end-import.ts';
import { passBlockedTurn } from './order/blocked-turn.ts';
import type { TurnState } from './order/turn.ts';
import { queueAgain } from './queue-work.ts';

export type SweepPorts = {
  readonly ledger: Ledger;
  readonly queue: Queue;
  readonly results: Results;
  readonly clock: Clock;
};

/**
 * An import whose progress is the same for so long is silent. Longer than any message is hidden or delayed while all is well:
 * 16 minutes by a process that died before its claim, 15 minutes by parking.
 */
const SILENT_MS = 20 * 60_000;
/** After this many messages without progress, a lost message is not the reason. */
const MOST_REQUEUES = 3;
/** A process that ends an import reports the end within this time, or has died. */
const TELL_MS = 2 * 60_000;
/** Imports read at once, and looked at at the same time. */
const PAGE = 100;
const AT_ONCE = 16;
/** No import is begun in this time before the deadline. A function with a short timeout uses half of its time for the sweep. */
const MARGIN_MS = 30_000;

type Tally = { open: number; stalled: number; silent: number; oldestMs: number };

/**
 * Looks at every open import, so that none is forgotten: reports ends that were not reported, queues the messages of
 * silent imports again (copies do no harm: leases and epochs see to it), and marks those `stalled` where that does not help. Its
 * last event has the numbers to alarm on. What is not looked at before the deadline (a time of the monotonic clock) is left to the next sweep.
 * Throws the error of one of them after all were checked.
 */
export async function sweep(ports: SweepPorts, deadlineMs: number, emit: Emit): Promise<void> {
  const { ledger, queue, clock } = ports;
  const startMs = clock.monotonic();
  const untilMs = deadlineMs - Math.min(MARGIN_MS, (deadlineMs - startMs) / 2);
  const waitingMessages = await queue.waiting();
  const nowMs = clock.now();
  const tally: Tally = { open: 0, stalled: 0, silent: 0, oldestMs: nowMs };
  const failures: unknown[] = [];
  /** Of datasets that load their files in order, each looked at once. */
  const turns = new Map<string, Promise<TurnState>>();
  let isComplete = true;
  let last: ImportRecord | null = null;
  for (;;) {
    const page: readonly ImportRecord[] = await ledger.listOpen(PAGE, last);
    for (let first = 0; first < page.length; first += AT_ONCE) {
      if (clock.monotonic() > untilMs) isComplete = false;
      else await Promise.all(page.slice(first, first + AT_ONCE).map(tryToLook));
    }
    last = page.at(-1) ?? null;
    if (page.length < PAGE || !isComplete) break;
  }
  emit({
    type: 'sweep done',
    level: 'info',
    open: tally.open,
    stalled: tally.stalled,
    silent: tally.silent,
    oldestAgeS: Math.round((nowMs - tally.oldestMs) / 1000),
    waitingMessages,
    isComplete,
  });
  if (failures.length > 0) throw failures[0];

  async function tryToLook(record: ImportRecord): Promise<void> {
    try {
      await look(record);
    } catch (error) {
      failures.push(error);
    }
  }

  async function look(record: ImportRecord): Promise<void> {
    if (hasEnded(record.status)) {
      if (nowMs - (record.endedAtMs ?? 0) > TELL_MS) await reportEnd(ports, record, emit);
      return;
    }
    const isWaiting = record.place !== null && (await turnOf(record.dataset)).holder?.id !== record.id;
    // `sluice load` resumes it, when it is run again. This is no reason for an alarm.
    if (isLocalFile(record.object)) return;
    tally.open++;
    tally.oldestMs = Math.min(tally.oldestMs, record.queuedAtMs);
    if (record.status === 'stalled') tally.stalled++;
    else if (isWaiting) await keepPlace(record);
    else if (await isSilent(record)) await wake(record);
  }

  function turnOf(dataset: string): Promise<TurnState> {
    const known = turns.get(dataset) ?? passBlockedTurn(ports, dataset, emit);
    turns.set(dataset, known);
    return known;
  }

  /** `accept` may have died before the import took its place: once is enough. */
  async function keepPlace({ id, dataset, place, watch }: ImportRecord): Promise<void> {
    if (watch !== null) return;
    await ledger.takePlace(dataset, { place: place!, importId: id }, nowMs);
    await ledger.noteWatch(id, { progress: 'waits', sinceMs: nowMs, requeues: 0 });
  }

  /** Nothing has changed for long, and no message waits in the queue: it is unknown which import a waiting message belongs to. */
  async function isSilent({ id, watch, finishedChunks }: ImportRecord): Promise<boolean> {
    const chunks = await ledger.readChunks(id);
    if (chunks.some(({ lease }) => lease !== null && lease.untilMs > nowMs)) return false;
    const progress = progressOf(finishedChunks.length, chunks);
    if (watch?.progress !== progress) {
      await ledger.noteWatch(id, { progress, sinceMs: nowMs, requeues: 0 });
      return false;
    }
    return nowMs - watch.sinceMs >= SILENT_MS && waitingMessages === 0;
  }

  async function wake(record: ImportRecord): Promise<void> {
    const { id: importId, dataset } = record;
    const { requeues, ...watch } = record.watch!;
    if (requeues >= MOST_REQUEUES) {
      tally.stalled++;
      const failure = record.lastFailure ?? lost(requeues);
      await ledger.mark(importId, 'stalled', failure);
      emit({ type: 'import stalled', level: 'error', importId, dataset, ...failure });
      return;
    }
    tally.silent++;
    const messages = await queueAgain(ports, record);
    await ledger.noteWatch(importId, { ...watch, sinceMs: nowMs, requeues: requeues + 1 });
    const silentS = Math.round((nowMs - watch.sinceMs) / 1000);
    emit({ type: 'import queued again', level: 'warn', importId, dataset, messages, silentS, requeues });
  }
}

/** The text changes whenever a loader works on a chunk: a claim changes its lease, any other step an epoch, an offset or a count. */
function progressOf(finished: number, chunks: readonly ChunkRecord[]): string {
  let [epochs, bytes, untilMs] = [0, 0, 0];
  for (const { epoch, checkpoint, lease } of chunks) {
    epochs += epoch;
    bytes += checkpoint.offsetBytes;
    untilMs = Math.max(untilMs, lease?.untilMs ?? 0);
  }
  return [finished, epochs, bytes, untilMs].join('/');
}

function lost(requeues: number): Failure {
  return {
    code: 'message-lost',
    reason:
      `Its messages were queued again ${requeues} times, without progress. Look at the function's log and the work ` +
      "queue's event source mapping; then run `sluice retry` with the import's id.",
  };
}

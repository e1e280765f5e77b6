import { type ImportRecord, isLocalFile } from '../../core/imports/import.ts';
import { nextTurn, type Turn } from '../../core/imports/order.ts';
import type { Clock, Ledger, Queue } from '../../core/ports.ts';
import type { Emit } from '../events.ts';
import { letRun, passTurn } from './pass-turn.ts';
import { nextWaiting, type TurnState } from './turn.ts';

type Ports = { readonly ledger: Ledger; readonly queue: Queue; readonly clock: Clock };

/** An import that needs a person keeps the turn for so long. */
export const BLOCKED_MS = 60 * 60_000;

/**
 * Gives the turn to the next import if the present one has needed a person for an hour: it is stalled, or no process loads its local
 * file. The passed import does not get the turn again by itself. Returns the turn as it is then.
 */
export async function passBlockedTurn(ports: Ports, dataset: string, emit: Emit): Promise<TurnState> {
  const { ledger, clock } = ports;
  const state = await passTurn(ports, dataset, 'none');
  const { turn, holder } = state;
  if (holder === null) return state;
  const nowMs = clock.now();
  if (!(await isBlocked(ledger, holder, nowMs))) {
    if (turn.blockedSinceMs !== null) await ledger.changeTurn(dataset, turn, changed(turn, null));
    return state;
  }
  if (turn.blockedSinceMs === null) {
    await ledger.changeTurn(dataset, turn, changed(turn, nowMs));
    return state;
  }
  const blockedMs = nowMs - turn.blockedSinceMs;
  if (blockedMs < BLOCKED_MS) return state;
  const next = await nextWaiting(ledger, dataset, turn.place);
  if (next === null) return state;
  const to = nextTurn(turn, { place: next.place!, importId: next.id }, true);
  if (!(await ledger.changeTurn(dataset, turn, to))) return state;
  emit({
    type: 'turn passed on',
    level: 'warn',
    importId: holder.id,
    dataset,
    to: next.id,
    blockedS: Math.round(blockedMs / 1000),
  });
  await letRun(ports, next, true);
  return { turn: to, holder: next, isNew: true, early: null };
}

function changed(turn: Turn, blockedSinceMs: number | null): Turn {
  return { ...turn, serial: turn.serial + 1, blockedSinceMs };
}

async function isBlocked(ledger: Ledger, record: ImportRecord, nowMs: number): Promise<boolean> {
  if (record.status !== 'stalled' && !isLocalFile(record.object)) return false;
  const chunks = await ledger.readChunks(record.id);
  return chunks.every(({ lease }) => lease === null || lease.untilMs <= nowMs);
}

import { hasEnded, type ImportRecord } from '../../core/imports/import.ts';
import { mayBeginMs, nextTurn, type Place, type Turn } from '../../core/imports/order.ts';
import type { Ledger } from '../../core/ports.ts';

export type TurnState = {
  readonly turn: Turn;
  /** The import that may be loaded; null: none. It has not ended. */
  readonly holder: ImportRecord | null;
  /** This call gave it the turn. */
  readonly isNew: boolean;
  /** The first import that waits, where none has the turn: the event of an earlier file may still come. */
  readonly early: ImportRecord | null;
};

/**
 * Gives the turn to the next import, if the import that had it has ended. An import takes its place before it looks at the turn, and
 * its end is recorded before the turn is passed on: so of an import that comes and one that ends, at least one sees the other.
 */
export async function advanceTurn(ledger: Ledger, dataset: string, nowMs: number): Promise<TurnState> {
  for (let isNew = false; ;) {
    const turn = await ledger.readTurn(dataset);
    const holder = await holderOf(ledger, turn);
    if (holder !== null) return { turn, holder, isNew, early: null };
    const next = await ledger.nextPlace(dataset, turn.place);
    if (next === null) return { turn, holder: null, isNew: false, early: null };
    const record = await ledger.readImport(next.importId);
    // An import that was moved has two places.
    const isLoaded = record !== null && !hasEnded(record.status) && record.place === next.place;
    if (isLoaded && mayBeginMs(next.place) > nowMs)
      return { turn, holder: null, isNew: false, early: record };
    isNew = await ledger.changeTurn(dataset, turn, nextTurn(turn, next, isLoaded));
  }
}

/** The import that has the turn and has not ended. */
export async function holderOf(ledger: Ledger, { importId }: Turn): Promise<ImportRecord | null> {
  const record = importId === null ? null : await ledger.readImport(importId);
  return record === null || hasEnded(record.status) ? null : record;
}

/** The first import behind a place that is still to be loaded. */
export async function nextWaiting(
  ledger: Ledger,
  dataset: string,
  after: string,
): Promise<ImportRecord | null> {
  for (let next = await ledger.nextPlace(dataset, after); next !== null;) {
    const record = await waitingAt(ledger, next);
    if (record !== null) return record;
    next = await ledger.nextPlace(dataset, next.place);
  }
  return null;
}

/** null: the import has ended, or was moved to another place and so has two. */
async function waitingAt(ledger: Ledger, { place, importId }: Place): Promise<ImportRecord | null> {
  const record = await ledger.readImport(importId);
  return record === null || hasEnded(record.status) || record.place !== place ? null : record;
}

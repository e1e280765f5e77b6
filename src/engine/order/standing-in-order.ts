import type { ErrorCode } from '../../core/errors.ts';
import { type ImportRecord, isLocalFile, objectName } from '../../core/imports/import.ts';
import { isBehindNewer, mayBeginMs, type Turn } from '../../core/imports/order.ts';
import { warning } from '../../core/imports/warning.ts';
import type { Clock, Ledger, Queue, Results } from '../../core/ports.ts';
import { endImport } from '../end/end-import.ts';
import type { Emit } from '../events.ts';
import type { LeaseClock } from '../lease/lease-clock.ts';
import { recordWarnings } from '../loading/open-chunk.ts';
import { leasedUntilMs } from '../versions.ts';
import { passTurn, type QueuedFor } from './pass-turn.ts';

type Ports = {
  readonly ledger: Ledger;
  readonly results: Results;
  readonly queue: Queue;
  readonly clock: Clock;
};

export type OrderStanding =
  /** It has the turn, and no import before it is still being written. */
  | { readonly kind: 'free' }
  /** It may begin then, unless an earlier one comes; or another loader holds a lease of an import before it until then at most. */
  | { readonly kind: 'later'; readonly untilMs: number }
  /** Another import has the turn. Messages are queued when its own turn comes. */
  | { readonly kind: 'waits'; readonly behind: string | null }
  /** Imports behind it have begun; it has failed. */
  | { readonly kind: 'late' };

/** Takes the import's place, and says whether it is its turn. */
export async function enterOrder(
  ports: Ports,
  record: ImportRecord,
  queuedFor: QueuedFor,
  emit: Emit,
): Promise<OrderStanding> {
  const { id, dataset, object } = record;
  const place = { place: record.place!, importId: id };
  await ports.ledger.takePlace(dataset, place, ports.clock.now());
  const { turn, holder, early } = await passTurn(ports, dataset, queuedFor);
  if (holder?.id === id) return { kind: 'free' };
  if (early?.id === id) return { kind: 'later', untilMs: mayBeginMs(place.place) };
  if (isBehindNewer(turn, place) && !isLocalFile(object) && record.status !== 'stalled') {
    await endImport(ports, record, { status: 'failed', failure: arrivedLate(turn) }, emit);
    return { kind: 'late' };
  }
  const behind = holder?.id ?? early?.id ?? null;
  emit({ type: 'import waits', level: 'info', importId: id, dataset, key: object.key, behind });
  return { kind: 'waits', behind };
}

/**
 * Whether a claimed chunk may be loaded. A loader of an import that had the turn before stops at its next checkpoint if that import has
 * ended; one that claims later sees that it does not have the turn. So when no lease is left, nothing of it can still be written.
 */
export async function standingInOrder(
  ports: Ports,
  record: ImportRecord,
  clock: LeaseClock,
  emit: Emit,
): Promise<OrderStanding> {
  if (record.place === null) return { kind: 'free' };
  const standing = await enterOrder(ports, record, 'none', emit);
  if (standing.kind !== 'free') return standing;
  const turn = await ports.ledger.readTurn(record.dataset);
  if (turn.importId !== record.id) return { kind: 'waits', behind: turn.importId };
  if (turn.previous.length === 0) return standing;
  const untilMs = await leasedUntilMs(ports.ledger, turn.previous, clock);
  if (untilMs !== null) return { kind: 'later', untilMs };
  await warnOfGaps(ports, record, turn, emit);
  await ports.ledger.changeTurn(record.dataset, turn, { ...turn, serial: turn.serial + 1, previous: [] });
  return standing;
}

/** Rows of an import that failed, or was passed over, are missing or are loaded later. */
async function warnOfGaps(ports: Ports, record: ImportRecord, turn: Turn, emit: Emit): Promise<void> {
  const missing: string[] = [];
  for (const id of turn.previous) {
    const before = await ports.ledger.readImport(id);
    if (before === null || before.status === 'done' || before.status === 'superseded') continue;
    missing.push(`${objectName(before.object)} (import ${id}, ${before.status})`);
  }
  if (missing.length === 0) return;
  const text = `Loaded although not all files that arrived earlier are: ${missing.join(', ')}.`;
  await recordWarnings(ports, record, [warning('earlier-file-missing', text)], emit);
}

function arrivedLate({ importId }: Turn): { code: ErrorCode; reason: string } {
  return {
    code: 'arrived-late',
    reason:
      `The dataset loads its files in order of arrival, and a file that arrived later has begun to load (import ${importId ?? 'of a later place'}). ` +
      'Loading this one now would write older rows over newer ones. If its rows are still wanted, upload the file again: it is then the newest.',
  };
}

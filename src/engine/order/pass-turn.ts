import { isLocalFile, type ImportRecord } from '../../core/imports/import.ts';
import { mayBeginMs } from '../../core/imports/order.ts';
import type { Clock, Ledger, Queue } from '../../core/ports.ts';
import { queueFirst, queueRest } from '../queue-work.ts';
import { advanceTurn, type TurnState } from './turn.ts';

type Ports = { readonly ledger: Ledger; readonly queue: Queue; readonly clock: Clock };

/** For which import messages are queued, beside one that gets its turn by this call: any, a given one, or none. */
export type QueuedFor = 'any' | 'none' | { readonly importId: string };

/**
 * Gives the turn of a dataset to its next import if the last one has ended, and queues the messages of the import that has it. Any
 * part of this may have happened before. The process that ends an import does this before it closes the import. If it dies in
 * between, the sweep does it.
 */
export async function passTurn(ports: Ports, dataset: string, queuedFor: QueuedFor): Promise<TurnState> {
  const nowMs = ports.clock.now();
  const state = await advanceTurn(ports.ledger, dataset, nowMs);
  const { holder, early, isNew } = state;
  if (holder !== null && (isNew || isMeant(holder))) await letRun(ports, holder, isNew);
  if (early !== null && isMeant(early) && !isLocalFile(early.object))
    await queueFirst(ports, early, mayBeginMs(early.place!) - nowMs);
  return state;

  function isMeant({ id }: ImportRecord): boolean {
    return queuedFor === 'any' || (queuedFor !== 'none' && queuedFor.importId === id);
  }
}

/** Imports wait without messages. A process that loads a local file looks for its turn itself. */
export async function letRun(ports: Ports, holder: ImportRecord, isNew: boolean): Promise<void> {
  if (isLocalFile(holder.object)) return;
  if (isNew && holder.status === 'stalled') await ports.ledger.mark(holder.id, 'queued', null);
  if (isNew && holder.startedAtMs !== null) await queueRest(ports, holder);
  else await queueFirst(ports, holder, 0);
}

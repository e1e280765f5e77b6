import { assert } from '../../core/assert.ts';
import { SluiceError } from '../../core/errors.ts';
import type { Pacer, SentNote } from '../../core/pace/pacer.ts';
import type { Batch, Lanes } from '../../core/lanes/lanes.ts';
import type { Clock, HoldReason, TableWriter, WriteOutcome } from '../../core/ports.ts';
import { LINGER_MS } from '../lease/lease-times.ts';
import type { Signal } from './signal.ts';

/** Sends items from the lanes to the table, as fast as the flow control allows. */
export type Pump = {
  /** Sends everything that may be sent now; lanes with less than a full batch only if `partial`. Throws the error that the table threw earlier. */
  kick(partial: boolean): void;
  /** The next time (of the monotonic clock) at which `kick` can send more, if no answer arrives before; Infinity: only an answer helps. */
  nextMs(): number;
  /** Waits for the answers of what is in flight, and sends nothing more. */
  drain(): Promise<void>;
  /** After this time of the monotonic clock, no lost request can be carried out any more. */
  readonly quietFromMs: number;
  /** The last `kick` could have sent more, had there been free lanes with enough in them. */
  readonly isHungry: boolean;
  /** Requests in flight. */
  readonly requests: number;
  /** Write units that the table has reported. */
  readonly units: number;
};

/** If the table answers only errors for this time, the load fails for now. */
const UNAVAILABLE_MS = 120_000;
/**
 * Limit of the items' texts in flight: each request is a copy of them, and an answer can contain another copy. With items of 400 KB
 * this is 16,000 write units at a time.
 */
const MAX_IN_FLIGHT_BYTES = 16 * 1024 * 1024;

export function createPump(options: {
  table: TableWriter;
  lanes: Lanes;
  pacer: Pacer;
  clock: Clock;
  signal: Signal;
  /** False: nothing may be sent, because the lease ends soon. */
  maySend: () => boolean;
  /** Adds the reject of an item that the table refused. */
  reject: (slot: number, reason: string) => void;
}): Pump {
  const { table, lanes, pacer, clock, signal, maySend, reject } = options;
  let requests = 0;
  let units = 0;
  let nextMs = Infinity;
  let isHungry = true;
  let reachedMs = clock.monotonic();
  let quietFromMs = -Infinity;
  let failure: { error: unknown } | null = null;

  return {
    kick,
    nextMs: () => nextMs,
    drain,
    get isHungry() {
      return isHungry;
    },
    get quietFromMs() {
      return quietFromMs;
    },
    get requests() {
      return requests;
    },
    get units() {
      return units;
    },
  };

  function kick(partial: boolean): void {
    if (failure !== null) throw failure.error;
    const now = clock.monotonic();
    nextMs = Infinity;
    isHungry = false;
    if (!maySend()) return;
    while (requests < pacer.maxInFlight && lanes.inFlight.bytes < MAX_IN_FLIGHT_BYTES) {
      const budget = pacer.budget(now);
      if (budget <= 0) {
        if (lanes.waiting.items > 0) nextMs = pacer.readyMs(now);
        return;
      }
      const batch = lanes.take(now, budget, partial);
      if (batch === null) {
        nextMs = lanes.nextFreeMs();
        isHungry = true;
        return;
      }
      requests += batch.requests;
      void send(batch);
    }
  }

  async function drain(): Promise<void> {
    for (;;) {
      if (requests === 0) return;
      await signal.wait(Infinity);
    }
  }

  async function send(batch: Batch): Promise<void> {
    try {
      const note = pacer.sent(batch, clock.monotonic());
      const delivery: Delivery = { heldSlots: [], reason: null, isLost: false };
      await deliver(batch.slots, delivery);
      conclude(batch, note, delivery);
    } catch (error) {
      failure ??= { error };
    } finally {
      requests -= batch.requests;
      assert(requests >= 0, 'A request was answered twice.');
      signal.notify();
    }
  }

  /** Writes the items of the slots. A refused batch is halved until the refused items are alone. */
  async function deliver(slots: readonly number[], delivery: Delivery): Promise<void> {
    // The halves are sent one after the other, and the lease may end between them.
    if (!maySend()) {
      delivery.heldSlots.push(...slots);
      return;
    }
    const outcome = await table.write(slots.map((slot) => lanes.operation(slot)));
    units += outcome.units;
    if (outcome.held.length === 0 && outcome.kept === undefined && outcome.refused === undefined) {
      for (const slot of slots) lanes.settleWritten(slot);
      return;
    }
    const { held, kept = [], refused = [] } = outcome;
    if (held.length > 0) noteHeld(outcome, delivery);
    const others = new Set([
      ...held,
      ...kept.map(({ index }) => index),
      ...refused.flatMap(({ indexes }) => indexes),
    ]);
    for (const [index, slot] of slots.entries()) if (!others.has(index)) lanes.settleWritten(slot);
    for (const index of held) delivery.heldSlots.push(slots[index]!);
    for (const { index, isEqual } of kept) lanes.settleKept(slots[index]!, isEqual);
    for (const { indexes, reason } of refused) {
      await deliverRefused(
        indexes.map((index) => slots[index]!),
        reason,
        delivery,
      );
    }
  }

  async function deliverRefused(slots: readonly number[], reason: string, delivery: Delivery): Promise<void> {
    if (slots.length === 1) {
      reject(slots[0]!, reason);
      lanes.settleRejected(slots[0]!);
      return;
    }
    const middle = slots.length >> 1;
    await deliver(slots.slice(0, middle), delivery);
    await deliver(slots.slice(middle), delivery);
  }

  function noteHeld({ reason }: WriteOutcome, delivery: Delivery): void {
    if (delivery.reason !== 'unavailable') delivery.reason = reason ?? 'throttled';
    if (reason !== 'unavailable') return;
    delivery.isLost = true;
    quietFromMs = clock.monotonic() + LINGER_MS;
  }

  function conclude(batch: Batch, note: SentNote, { heldSlots: unordered, reason, isLost }: Delivery): void {
    const now = clock.monotonic();
    // The halves of a refused batch are answered one after another.
    const held = new Set(unordered);
    const heldSlots = held.size === 0 ? [] : batch.slots.filter((slot) => held.has(slot));
    pacer.answered(batch, note, { heldSlots, reason, quietFromMs: isLost ? quietFromMs : -Infinity }, now);
    // From the last to the first: each returns to the head of its lane, so the order is kept.
    for (let index = heldSlots.length - 1; index >= 0; index--) lanes.putBack(heldSlots[index]!, isLost);
    lanes.free(batch, (lane) => pacer.restUntilMs(lane));
    watchAvailability(reason, heldSlots.length < batch.slots.length, now);
  }

  function watchAvailability(reason: HoldReason | null, hasWritten: boolean, now: number): void {
    if (reason !== 'unavailable' || hasWritten) {
      reachedMs = now;
    } else if (now - reachedMs > UNAVAILABLE_MS) {
      throw new SluiceError(
        'table-unavailable',
        `The table has answered nothing but errors and time-outs for ${Math.round((now - reachedMs) / 1000)} s. The import goes on by itself when it is back.`,
      );
    }
  }
}

/** `isLost`: an answer never arrived, so the request may still be carried out. */
type Delivery = { readonly heldSlots: number[]; reason: HoldReason | null; isLost: boolean };

import { SluiceError } from '../core/errors.ts';
import type { Flow } from '../core/pace/flow.ts';
import type { LanePace } from '../core/pace/lane-pace.ts';
import type { Batch, Lanes } from '../core/lanes/lanes.ts';
import type { Clock, HoldReason, TableWriter } from '../core/ports.ts';
import { LINGER_MS } from './lease-times.ts';
import type { Signal } from './signal.ts';

/** Moves items from the lanes to the table, as fast as the flow control lets it. */
export type Pump = {
  /** Sends what may be sent now; lanes with less than a full batch only if `partial`. Throws what the table threw before. */
  kick(partial: boolean): void;
  /** The next time (of the monotonic clock) at which `kick` can do more than now, if no answer comes before; Infinity if only answers help. */
  nextMs(): number;
  /** Waits for the answers of what is in flight, and sends nothing more. */
  drain(): Promise<void>;
  /** From this time of the monotonic clock on, no request that got lost can still be carried out. */
  readonly quietFromMs: number;
  /** The last `kick` could have sent more, had there been free lanes with enough in them. */
  readonly isHungry: boolean;
  /** Requests in flight. */
  readonly requests: number;
  /** Write units that the table says it took. */
  readonly units: number;
};

/** A table that answers nothing but errors for so long is given up for now. */
const UNAVAILABLE_MS = 120_000;
/**
 * Items' texts that may be under way before nothing more is sent: each request is a copy of them, and an answer may hold one more.
 * Of items of 400 KB that is 16,000 write units at a time.
 */
const MAX_IN_FLIGHT_BYTES = 16 * 1024 * 1024;

export function createPump(options: {
  table: TableWriter;
  lanes: Lanes;
  flow: Flow;
  pace: LanePace;
  clock: Clock;
  signal: Signal;
  /** False: nothing may be sent, for the lease's sake. */
  maySend: () => boolean;
  /** Turns an item that the table refuses into a reject. */
  reject: (slot: number, reason: string) => void;
}): Pump {
  const { table, lanes, flow, pace, clock, signal, maySend, reject } = options;
  /** Units of each lane that were held back when it was fresh, for as long as that may have been the table's doing. */
  const newlyHeld = new Map<number, number>();
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
    while (requests < flow.maxInFlight && lanes.inFlight.bytes < MAX_IN_FLIGHT_BYTES) {
      const budget = flow.budget(now);
      if (budget <= 0) {
        if (lanes.waiting.items > 0) nextMs = flow.readyMs(now);
        return;
      }
      const batch = lanes.take(now, budget, partial);
      if (batch === null) {
        nextMs = lanes.nextFreeMs();
        isHungry = true;
        return;
      }
      flow.sent(batch.units);
      requests++;
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
      const sentMs = clock.monotonic();
      const freshUnits = freshUnitsOf(batch, sentMs);
      const delivery: Delivery = { heldSlots: [], reason: null, isLost: false };
      await deliver(batch.slots, delivery);
      conclude(batch, delivery, { sentMs, freshUnits });
    } catch (error) {
      failure ??= { error };
    } finally {
      requests--;
      signal.notify();
    }
  }

  /** Writes the slots' items; a refused batch is halved until the guilty ones are alone. */
  async function deliver(slots: readonly number[], delivery: Delivery): Promise<void> {
    // Halves come one after another, and each may take its time.
    if (!maySend()) {
      delivery.heldSlots.push(...slots);
      return;
    }
    const outcome = await table.write(slots.map((slot) => lanes.operation(slot)));
    if (outcome.kind === 'refused') {
      if (slots.length === 1) {
        reject(slots[0]!, outcome.reason);
        lanes.settleRejected(slots[0]!);
        return;
      }
      const middle = slots.length >> 1;
      await deliver(slots.slice(0, middle), delivery);
      await deliver(slots.slice(middle), delivery);
      return;
    }
    units += outcome.units;
    if (outcome.held.length === 0) {
      for (const slot of slots) lanes.settleWritten(slot);
      return;
    }
    delivery.reason = outcome.reason ?? 'throttled';
    if (outcome.reason === 'unavailable') {
      delivery.isLost = true;
      quietFromMs = clock.monotonic() + LINGER_MS;
    }
    const held = new Set(outcome.held);
    for (const [index, slot] of slots.entries()) {
      if (held.has(index)) delivery.heldSlots.push(slot);
      else lanes.settleWritten(slot);
    }
  }

  function conclude(
    batch: Batch,
    { heldSlots, reason, isLost }: Delivery,
    sent: { sentMs: number; freshUnits: number },
  ): void {
    const now = clock.monotonic();
    let heldUnits = 0;
    let freshHeldUnits = 0;
    let repeatedUnits = 0;
    const heldLanes = new Set<number>();
    // From the last to the first: each goes to the head of its lane, so the order stays.
    for (const slot of heldSlots.toReversed()) {
      const lane = lanes.lane(slot);
      const slotUnits = lanes.units(slot);
      heldUnits += slotUnits;
      if (pace.isFresh(lane, sent.sentMs)) {
        freshHeldUnits += slotUnits;
        newlyHeld.set(lane, (heldLanes.has(lane) ? newlyHeld.get(lane)! : 0) + slotUnits);
      } else if (newlyHeld.has(lane)) {
        repeatedUnits += newlyHeld.get(lane)!;
        newlyHeld.delete(lane);
      }
      heldLanes.add(lane);
      lanes.putBack(slot);
    }
    const share = heldSlots.length / batch.slots.length;
    lanes.free(batch, (lane) =>
      heldLanes.has(lane)
        ? Math.max(pace.held(lane, share, now), isLost ? quietFromMs : 0)
        : pace.written(lane, now),
    );
    watchAvailability(reason, batch.units - heldUnits, now);
    flow.answered(
      {
        writtenUnits: batch.units - heldUnits,
        heldUnits,
        freshUnits: sent.freshUnits,
        freshHeldUnits,
        repeatedUnits,
        reason,
      },
      now,
    );
  }

  /** Before it is sent: a slot may serve another item as soon as its own is written. */
  function freshUnitsOf(batch: Batch, now: number): number {
    if (pace.areAllFresh(now)) return batch.units;
    let units = 0;
    for (const slot of batch.slots) if (pace.isFresh(lanes.lane(slot), now)) units += lanes.units(slot);
    return units;
  }

  function watchAvailability(reason: HoldReason | null, writtenUnits: number, now: number): void {
    if (reason !== 'unavailable' || writtenUnits > 0) {
      reachedMs = now;
    } else if (now - reachedMs > UNAVAILABLE_MS) {
      throw new SluiceError(
        'table-unavailable',
        `The table has answered nothing but errors and time-outs for ${Math.round((now - reachedMs) / 1000)} s. The import goes on by itself when it is back.`,
      );
    }
  }
}

/** `isLost`: an answer never came, so that the request may still be carried out. */
type Delivery = { readonly heldSlots: number[]; reason: HoldReason | null; isLost: boolean };

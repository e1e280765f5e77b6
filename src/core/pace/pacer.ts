import type { HoldReason } from '../ports.ts';
import { createFlow, type Phase } from './flow.ts';
import { createLanePace } from './lane-pace.ts';

/**
 * The flow control: it is told what was sent and answered, and says what may be sent when. Two loops work together: the table's
 * (`flow.ts`) limits how much is sent in all; the lanes' (`lane-pace.ts`) lets a lane rest that a hot key range holds back. This
 * module decides which of the two a throttled item is about.
 */
export type Pacer = {
  /** Units that may be sent at `nowMs`; 0: none before `readyMs`. */
  budget(nowMs: number): number;
  /** When the budget will be more than 0. */
  readyMs(nowMs: number): number;
  /** A batch is sent. Pass the result to `answered`. */
  sent(batch: SentBatch, nowMs: number): SentNote;
  /** The answer to a batch; after it `restUntilMs` is set for its lanes. Call it before the held items return to their lanes. */
  answered(batch: SentBatch, note: SentNote, answer: PacedAnswer, nowMs: number): void;
  /** Until when a lane of the batch that was answered last rests; 0: not at all. */
  restUntilMs(lane: number): number;
  /** How long to stay away (`parking.ts`), in milliseconds; 0: not at all. */
  parkMs(remainingUnits: number, nowMs: number): number;
  /** Units that may be read and not settled. */
  readonly windowUnits: number;
  /** Requests that may be in flight. */
  readonly maxInFlight: number;
  /** Units a second; Infinity while the table has not held back. */
  readonly rate: number;
  readonly phase: Phase;
};

/** Slots are numbers of items that `ItemFacts` knows. */
export type SentBatch = {
  readonly slots: readonly number[];
  readonly lanes: readonly number[];
  readonly units: number;
};

/** What must be known about a batch from when it was sent. `freshUnits`: of lanes that had not been held back lately. */
export type SentNote = { readonly sentMs: number; readonly freshUnits: number };

export type PacedAnswer = {
  /** The slots that the table did not write, in the order of the batch. */
  readonly heldSlots: readonly number[];
  readonly reason: HoldReason | null;
  /** Until then a request whose answer was lost may still be carried out, so its lanes rest; -Infinity: no answer was lost. */
  readonly quietFromMs: number;
};

/** The lane and the write units of an item that is in flight. */
export type ItemFacts = { lane(slot: number): number; units(slot: number): number };

export function createPacer(options: {
  items: ItemFacts;
  laneCount: number;
  maxInFlight: number;
  startMs: number;
  /** Between 0 and 1. */
  random: () => number;
}): Pacer {
  const { items, laneCount, maxInFlight, startMs, random } = options;
  const lanePace = createLanePace({ laneCount, random });
  const flow = createFlow({ maxInFlight, startMs, spread: (nowMs) => lanePace.spread(nowMs) });
  /** Units of each lane that were held back when the lane was fresh, as long as the table may have been the reason. */
  const newlyHeld = new Map<number, number>();
  const restUntil = new Float64Array(laneCount);

  return {
    budget: (nowMs) => flow.budget(nowMs),
    readyMs: (nowMs) => flow.readyMs(nowMs),
    sent,
    answered,
    restUntilMs: (lane) => restUntil[lane]!,
    parkMs: (remainingUnits, nowMs) => flow.parkMs(remainingUnits, nowMs),
    get windowUnits() {
      return flow.windowUnits;
    },
    get maxInFlight() {
      return flow.maxInFlight;
    },
    get rate() {
      return flow.rate;
    },
    get phase() {
      return flow.phase;
    },
  };

  function sent(batch: SentBatch, nowMs: number): SentNote {
    flow.sent(batch.units);
    return { sentMs: nowMs, freshUnits: freshUnitsOf(batch, nowMs) };
  }

  /** While the batch is sent: a slot may serve another item as soon as its own is written. */
  function freshUnitsOf(batch: SentBatch, nowMs: number): number {
    if (lanePace.areAllFresh(nowMs)) return batch.units;
    let units = 0;
    for (const slot of batch.slots) if (lanePace.isFresh(items.lane(slot), nowMs)) units += items.units(slot);
    return units;
  }

  function answered(batch: SentBatch, note: SentNote, answer: PacedAnswer, nowMs: number): void {
    const { heldSlots, reason, quietFromMs } = answer;
    const held = attribute(heldSlots, note.sentMs);
    const share = heldSlots.length / batch.slots.length;
    for (const lane of batch.lanes) {
      restUntil[lane] = held.lanes.has(lane)
        ? Math.max(lanePace.held(lane, share, nowMs), quietFromMs, 0)
        : lanePace.written(lane, nowMs);
    }
    flow.answered(
      {
        writtenUnits: batch.units - held.units,
        heldUnits: held.units,
        freshUnits: note.freshUnits,
        freshHeldUnits: held.freshUnits,
        repeatedUnits: held.repeatedUnits,
        reason,
      },
      nowMs,
    );
  }

  /**
   * Whether the table or a key range has held the items back. A lane that was fresh when its items were sent is a sample of the
   * table. If the same lane is held back again, it was the lane's own matter, and what it had added to the sample is taken back.
   */
  function attribute(heldSlots: readonly number[], sentMs: number): Held {
    const held: Held = { units: 0, freshUnits: 0, repeatedUnits: 0, lanes: new Set() };
    for (let index = heldSlots.length - 1; index >= 0; index--) {
      const slot = heldSlots[index]!;
      const lane = items.lane(slot);
      const units = items.units(slot);
      held.units += units;
      if (lanePace.isFresh(lane, sentMs)) {
        held.freshUnits += units;
        newlyHeld.set(lane, (held.lanes.has(lane) ? newlyHeld.get(lane)! : 0) + units);
      } else if (newlyHeld.has(lane)) {
        held.repeatedUnits += newlyHeld.get(lane)!;
        newlyHeld.delete(lane);
      }
      held.lanes.add(lane);
    }
    return held;
  }
}

type Held = { units: number; freshUnits: number; repeatedUnits: number; readonly lanes: Set<number> };

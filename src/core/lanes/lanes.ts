import { assert } from '../assert.ts';
import {
  createItemSlots,
  FOLLOWS,
  IS_FOLLOWED,
  MAY_BE_WRITTEN,
  NONE,
  type RecordPlace,
} from './item-slots.ts';
import { type Fate, KEPT, PENDING, SUPERSEDED, WRITTEN } from '../settle/ahead.ts';
import { type MappedItem, MAX_BATCH_BYTES, MAX_BATCH_ITEMS } from '../rows/item.ts';
import { isPlain, type WritePlan } from '../write-plan.ts';
import { createKeyIndex } from './key-index.ts';
import { createLaneStates } from './lane-states.ts';
import type { Operation, TextRange } from '../ports.ts';
import { type Block, type Settlement, settleItem } from '../settle/block.ts';

/** Items on their way in one write, from lanes that wait for its answer. */
export type Batch = {
  readonly slots: readonly number[];
  readonly lanes: readonly number[];
  readonly units: number;
  /** One for all plain items together, and one for each other. */
  readonly requests: number;
};

/**
 * The items that are read and not settled, in FIFO queues (lanes) by the hash of their partition key. A lane has at most one request
 * in flight, so items with the same key are written in the order of the file; and a lane that is held back rests alone. Within a
 * lane, a later item with the same key replaces an earlier one that still waits, if both are plain (`isPlain`); all others are
 * written one after another.
 */
export type Lanes = {
  /** Adds an item that the mapping has written into the block's arena, and that the block has counted. */
  add(block: Block, item: MappedItem, place: RecordPlace): void;
  /**
   * The next batch of lanes that are free at `nowMs`: at most 25 items and `maxUnits` (but at least one item), none
   * with the same key. Full lanes go first; then, if `partial`, those whose first item is the oldest. null: there is none.
   */
  take(nowMs: number, maxUnits: number, partial: boolean): Batch | null;
  operation(slot: number): Operation;
  key(slot: number): TextRange;
  units(slot: number): number;
  /** Where the slot's record is in the file. */
  record(slot: number): { block: Block; startBytes: number; endBytes: number; line: number };
  settleWritten(slot: number): void;
  /**
   * The condition of the slot's item failed. `isEqual`: the stored item is equal; it counts as written if an earlier request, of this
   * loader or of an earlier one, may have written it.
   */
  settleKept(slot: number, isEqual: boolean): void;
  /** The caller has added the reject to the block. */
  settleRejected(slot: number): void;
  /** Returns a held item to the head of its lane, unless a later item replaces it. `isLost`: it may have been written. */
  putBack(slot: number, isLost: boolean): void;
  /** Ends a batch after each of its items is settled or put back: its lanes are free, at once or later. */
  free(batch: Batch, restUntilMs: (lane: number) => number): void;
  lane(slot: number): number;
  /** The earliest time at which a resting lane is free again; Infinity if none rests. */
  nextFreeMs(): number;
  readonly waiting: { items: number; units: number; bytes: number };
  readonly inFlight: { items: number; units: number; bytes: number };
};

/** The most items that may wait. A slot has 72 bytes in arrays that double: 524,288 slots are 38 MB, however small the items. */
export const MAX_WAITING_ITEMS = 400_000;
/** Leaves room in the request for the text around the items. */
const MAX_ITEMS_BYTES = MAX_BATCH_BYTES - 64 * 1024;

/**
 * From a lane that is not full, a batch takes only items that are this near to the oldest one in the file: items far ahead of the
 * others would be written again if the loader had to stop.
 */
const ORDER_SPAN = 128;

export function createLanes(options: {
  laneCount: number;
  /** How the items are written (`Mapping.plans`). */
  plans: readonly WritePlan[];
  /** An earlier loader may have sent any of the items. */
  isRepeated: boolean;
}): Lanes {
  const { laneCount, plans, isRepeated } = options;
  const isPlainPlan = plans.map(isPlain);
  /** Items with one key can wait together. */
  const hasOrdered = !isPlainPlan.every(Boolean);
  const heads = new Int32Array(laneCount).fill(NONE);
  const tails = new Int32Array(laneCount).fill(NONE);
  const counts = new Int32Array(laneCount);
  /** The table has refused an item of the lane. */
  const hasRefused = new Uint8Array(laneCount);
  const slots = createItemSlots();
  const states = createLaneStates({ laneCount, counts, headAge: (lane) => slots.age[heads[lane]!]! });
  const keys = createKeyIndex(slots);
  /** One object serves all items. */
  const settlement: Settlement = { fate: PENDING, kind: 'put', isFinal: true };
  const waiting = { items: 0, units: 0, bytes: 0 };
  const inFlight = { items: 0, units: 0, bytes: 0 };
  let lastAge = 0;

  return {
    add,
    take,
    operation: (slot) => slots.operation(slot, plans[slots.plan[slot]!]!),
    key: slots.key,
    units: (slot) => slots.units[slot]!,
    record: slots.record,
    settleWritten: (slot) => drop(slot, WRITTEN),
    settleKept: (slot, isEqual) => {
      const mayBeOurs = isRepeated || (slots.flags[slot]! & MAY_BE_WRITTEN) !== 0;
      drop(slot, isEqual && mayBeOurs ? WRITTEN : KEPT);
    },
    settleRejected: (slot) => {
      hasRefused[slots.lane[slot]!] = 1;
      drop(slot, PENDING);
    },
    putBack,
    free,
    lane: (slot) => slots.lane[slot]!,
    nextFreeMs: () => states.nextFreeMs(),
    waiting,
    inFlight,
  };

  function add(block: Block, item: MappedItem, place: RecordPlace): void {
    const lane = item.partitionHash % laneCount;
    const earlier = keys.find(item.keyHash, block.arena, item.start, item.keyEnd);
    if (earlier !== NONE && replaces(item.plan, earlier)) {
      const follows = slots.flags[earlier]! & FOLLOWS;
      supersede(earlier);
      slots.fill(earlier, block, item, place, lane);
      slots.flags[earlier] = follows;
      count(earlier, 1);
      return;
    }
    const slot = slots.allocate();
    slots.fill(slot, block, item, place, lane);
    append(lane, slot);
    if (earlier === NONE) keys.insert(slot);
    else {
      slots.flags[earlier] = slots.flags[earlier]! | IS_FOLLOWED;
      slots.flags[slot] = FOLLOWS;
      keys.replace(earlier, slot);
    }
    count(slot, 1);
    states.enlist(lane);
  }

  /** Whether a later item makes an earlier one with its key void. */
  function replaces(plan: number, earlier: number): boolean {
    return isPlainPlan[plan]! && isPlainPlan[slots.plan[earlier]!]!;
  }

  /** A later item with its key replaces the slot's item. */
  function supersede(slot: number): void {
    count(slot, -1);
    settle(slot, SUPERSEDED);
  }

  /**
   * A loader that resumes from a checkpoint before a refused item sends it again, and the table may accept it then. So items that are
   * settled after it in its lane, and that may have its key, are not final: they must be read and written again too.
   */
  function settle(slot: number, fate: Fate): void {
    settlement.fate = fate;
    settlement.kind = plans[slots.plan[slot]!]!.kind;
    settlement.isFinal = hasRefused[slots.lane[slot]!] === 0;
    settleItem(slots.blocks[slot]!, slots.index[slot]!, settlement);
  }

  function count(slot: number, sign: 1 | -1): void {
    waiting.items += sign;
    waiting.units += sign * slots.units[slot]!;
    waiting.bytes += sign * (slots.end[slot]! - slots.start[slot]!);
  }

  function take(nowMs: number, maxUnits: number, partial: boolean): Batch | null {
    states.wake(nowMs);
    const taken: number[] = [];
    const lanes: number[] = [];
    let oldestAge = Infinity;
    let units = 0;
    let bytes = 0;
    while (taken.length < MAX_BATCH_ITEMS) {
      const lane = lanes.length === 0 ? states.next(partial) : states.nextPartly(partial);
      if (lane === NONE) break;
      const before = taken.length;
      const isFull = counts[lane]! >= MAX_BATCH_ITEMS;
      oldestAge = Math.min(oldestAge, slots.age[heads[lane]!]!);
      for (let slot = heads[lane]!; slot !== NONE && taken.length < MAX_BATCH_ITEMS; slot = heads[lane]!) {
        const slotUnits = slots.units[slot]!;
        const slotBytes = slots.end[slot]! - slots.start[slot]!;
        const isHead = taken.length === before;
        if (!isHead && !isFull && slots.age[slot]! > oldestAge + ORDER_SPAN) break;
        if (!isHead && hasOrdered && isTaken(taken, before, slot)) break;
        if (taken.length > 0 && (units + slotUnits > maxUnits || bytes + slotBytes > MAX_ITEMS_BYTES)) break;
        removeHead(lane, slot);
        taken.push(slot);
        units += slotUnits;
        bytes += slotBytes;
      }
      if (taken.length === before) {
        // The batch has no room for the next item of this lane.
        states.enlist(lane);
        break;
      }
      states.setBusy(lane);
      lanes.push(lane);
      if (units >= maxUnits) break;
    }
    if (taken.length === 0) return null;
    inFlight.items += taken.length;
    inFlight.units += units;
    inFlight.bytes += bytes;
    return { slots: taken, lanes, units, requests: requestsOf(taken) };
  }

  /** Whether an item with the slot's key (or its hash) is among those that were taken from its lane: two must not be in one request. */
  function isTaken(taken: readonly number[], from: number, slot: number): boolean {
    for (let index = from; index < taken.length; index++) {
      if (slots.keyHash[taken[index]!] === slots.keyHash[slot]) return true;
    }
    return false;
  }

  function requestsOf(taken: readonly number[]): number {
    if (!hasOrdered) return 1;
    const plain = taken.reduce((sum, slot) => sum + (isPlainPlan[slots.plan[slot]!]! ? 1 : 0), 0);
    return taken.length - plain + Math.min(1, plain);
  }

  function removeHead(lane: number, slot: number): void {
    heads[lane] = slots.next[slot]!;
    if (heads[lane] === NONE) tails[lane] = NONE;
    counts[lane]!--;
    if ((slots.flags[slot]! & IS_FOLLOWED) === 0) keys.remove(slot);
    count(slot, -1);
  }

  function putBack(slot: number, isLost: boolean): void {
    land(slot);
    if (isLost) slots.flags[slot] = slots.flags[slot]! | MAY_BE_WRITTEN;
    const block = slots.blocks[slot]!;
    const later = keys.find(slots.keyHash[slot]!, block.arena, slots.start[slot]!, slots.keyEnd[slot]!);
    // A later item that follows another is not the next one with the key.
    if (later !== NONE && (slots.flags[later]! & FOLLOWS) === 0 && replaces(slots.plan[later]!, slot)) {
      settle(slot, SUPERSEDED);
      slots.release(slot);
      return;
    }
    const lane = slots.lane[slot]!;
    slots.next[slot] = heads[lane]!;
    heads[lane] = slot;
    if (tails[lane] === NONE) tails[lane] = slot;
    counts[lane]!++;
    if (later === NONE) {
      slots.flags[slot] = slots.flags[slot]! & ~IS_FOLLOWED;
      keys.insert(slot);
    } else {
      slots.flags[slot] = slots.flags[slot]! | IS_FOLLOWED;
      slots.flags[later] = slots.flags[later]! | FOLLOWS;
    }
    count(slot, 1);
  }

  function land(slot: number): void {
    inFlight.items--;
    inFlight.units -= slots.units[slot]!;
    inFlight.bytes -= slots.end[slot]! - slots.start[slot]!;
  }

  function append(lane: number, slot: number): void {
    slots.next[slot] = NONE;
    slots.age[slot] = ++lastAge;
    if (tails[lane] === NONE) heads[lane] = slot;
    else slots.next[tails[lane]!] = slot;
    tails[lane] = slot;
    counts[lane]!++;
  }

  /** The item is settled: its block waits for one item fewer. */
  function drop(slot: number, fate: Fate): void {
    land(slot);
    settle(slot, fate);
    slots.release(slot);
  }

  function free(batch: Batch, restUntilMs: (lane: number) => number): void {
    assert(inFlight.items >= 0 && inFlight.units >= 0, 'An item landed twice.');
    for (const lane of batch.lanes) states.free(lane, restUntilMs(lane));
  }
}

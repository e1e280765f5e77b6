import type { Operation, TextRange } from '../ports.ts';
import type { WritePlan } from '../write-plan.ts';
import type { MappedItem } from '../rows/item.ts';
import type { Block } from '../settle/block.ts';

/** Neither a slot nor a lane. */
export const NONE = -1;

/** Flags of a slot. An item with its key waited before it in its lane. */
export const FOLLOWS = 1;
/** An item with its key waits behind it in its lane: the key index has only that one. */
export const IS_FOLLOWED = 2;
/** A request with it had no answer. */
export const MAY_BE_WRITTEN = 4;

/** An item's number in its block, and its record: `offset` and `length` in bytes, from the block's start. */
export type RecordPlace = { index: number; offset: number; length: number; line: number };

export type ItemSlots = ReturnType<typeof createItemSlots>;

/** Items as rows of typed arrays: 100,000 items are a few objects, so they cost the garbage collector nothing. */
export function createItemSlots() {
  let capacity = 1024;
  let used = 0;
  let spare = NONE;
  const slots = {
    blocks: [] as (Block | undefined)[],
    start: new Int32Array(capacity),
    keyEnd: new Int32Array(capacity),
    end: new Int32Array(capacity),
    units: new Int32Array(capacity),
    lane: new Int32Array(capacity),
    keyHash: new Uint32Array(capacity),
    /** Index into the mapping's plans. */
    plan: new Int32Array(capacity),
    /** FOLLOWS, IS_FOLLOWED, MAY_BE_WRITTEN. */
    flags: new Int32Array(capacity),
    /** The next item of the lane; for a spare slot, the next spare slot. */
    next: new Int32Array(capacity),
    /** The next item of the key index's chain. */
    nextKey: new Int32Array(capacity),
    /** Number of the item in its block. */
    index: new Int32Array(capacity),
    offset: new Int32Array(capacity),
    length: new Int32Array(capacity),
    line: new Float64Array(capacity),
    /** Place in the order of the file. */
    age: new Float64Array(capacity),
    allocate,
    release,
    fill,
    key,
    operation,
    record,
  };
  return slots;

  function allocate(): number {
    if (spare !== NONE) {
      const slot = spare;
      spare = slots.next[slot]!;
      return slot;
    }
    if (used === capacity) grow();
    return used++;
  }

  function release(slot: number): void {
    slots.blocks[slot] = undefined;
    slots.next[slot] = spare;
    spare = slot;
  }

  function fill(slot: number, block: Block, item: MappedItem, place: RecordPlace, lane: number): void {
    slots.blocks[slot] = block;
    slots.start[slot] = item.start;
    slots.keyEnd[slot] = item.keyEnd;
    slots.end[slot] = item.end;
    slots.units[slot] = item.units;
    slots.keyHash[slot] = item.keyHash;
    slots.plan[slot] = item.plan;
    slots.flags[slot] = 0;
    slots.lane[slot] = lane;
    slots.index[slot] = place.index;
    slots.offset[slot] = place.offset;
    slots.length[slot] = place.length;
    slots.line[slot] = place.line;
  }

  function key(slot: number): TextRange {
    return { bytes: slots.blocks[slot]!.arena, start: slots.start[slot]!, end: slots.keyEnd[slot]! };
  }

  function operation(slot: number, { kind, newerBy }: WritePlan): Operation {
    return {
      kind,
      newerBy,
      bytes: slots.blocks[slot]!.arena,
      start: slots.start[slot]!,
      keyEnd: slots.keyEnd[slot]!,
      end: slots.end[slot]!,
    };
  }

  /** Where the item's record is in the file. */
  function record(slot: number): { block: Block; startBytes: number; endBytes: number; line: number } {
    const block = slots.blocks[slot]!;
    const startBytes = block.startBytes + slots.offset[slot]!;
    return { block, startBytes, endBytes: startBytes + slots.length[slot]!, line: slots.line[slot]! };
  }

  function grow(): void {
    capacity *= 2;
    for (const name of [
      'start',
      'keyEnd',
      'end',
      'units',
      'plan',
      'flags',
      'lane',
      'next',
      'nextKey',
      'index',
      'offset',
      'length',
    ] as const) {
      const larger = new Int32Array(capacity);
      larger.set(slots[name]);
      slots[name] = larger;
    }
    const hashes = new Uint32Array(capacity);
    hashes.set(slots.keyHash);
    slots.keyHash = hashes;
    for (const name of ['line', 'age'] as const) {
      const larger = new Float64Array(capacity);
      larger.set(slots[name]);
      slots[name] = larger;
    }
  }
}

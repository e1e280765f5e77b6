import { type ItemSlots, NONE } from './item-slots.ts';

/** A hash table of the waiting items by their keys, chained through the slots: of each key only the last in the order of the file. */
export function createKeyIndex(slots: ItemSlots) {
  let buckets = new Int32Array(2048).fill(NONE);
  let size = 0;
  return { find, insert, replace, remove };

  function find(keyHash: number, arena: Uint8Array, start: number, keyEnd: number): number {
    for (let slot = buckets[keyHash & (buckets.length - 1)]!; slot !== NONE; slot = slots.nextKey[slot]!) {
      if (slots.keyHash[slot] === keyHash && sameKey(slot, arena, start, keyEnd)) return slot;
    }
    return NONE;
  }

  function sameKey(slot: number, arena: Uint8Array, start: number, keyEnd: number): boolean {
    const other = slots.blocks[slot]!.arena;
    const otherStart = slots.start[slot]!;
    const length = keyEnd - start;
    if (slots.keyEnd[slot]! - otherStart !== length) return false;
    for (let k = 0; k < length; k++) {
      if (arena[start + k] !== other[otherStart + k]) return false;
    }
    return true;
  }

  function insert(slot: number): void {
    if (size === buckets.length) grow();
    const bucket = slots.keyHash[slot]! & (buckets.length - 1);
    slots.nextKey[slot] = buckets[bucket]!;
    buckets[bucket] = slot;
    size++;
  }

  /** Puts a later item in the place of the one with its key. */
  function replace(slot: number, by: number): void {
    remove(slot);
    insert(by);
  }

  function remove(slot: number): void {
    const bucket = slots.keyHash[slot]! & (buckets.length - 1);
    size--;
    if (buckets[bucket] === slot) {
      buckets[bucket] = slots.nextKey[slot]!;
      return;
    }
    let before = buckets[bucket]!;
    while (slots.nextKey[before] !== slot) before = slots.nextKey[before]!;
    slots.nextKey[before] = slots.nextKey[slot]!;
  }

  function grow(): void {
    const old = buckets;
    buckets = new Int32Array(old.length * 2).fill(NONE);
    for (const first of old) {
      for (let slot = first; slot !== NONE;) {
        const next = slots.nextKey[slot]!;
        const bucket = slots.keyHash[slot]! & (buckets.length - 1);
        slots.nextKey[slot] = buckets[bucket]!;
        buckets[bucket] = slot;
        slot = next;
      }
    }
  }
}

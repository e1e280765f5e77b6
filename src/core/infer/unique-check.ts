import { hashBytes } from './types/distinct.ts';

/** Finds whether texts are distinct, by a hash of 53 bits of each: 8 bytes a text. */
export type UniqueCheck = {
  add(bytes: Uint8Array, start: number, end: number): void;
  /** False also with a chance of one in 1,000 if MOST_TEXTS distinct texts were added, and with more than these. */
  isUnique(): boolean;
};

/** 32 MiB of hashes. */
const MOST_TEXTS = 4_194_304;
const FIRST_TEXTS = 4096;
const UPPER_BITS = 0x1f_ffff;

export function createUniqueCheck(): UniqueCheck {
  let hashes = new Float64Array(FIRST_TEXTS);
  let count = 0;

  return {
    add(bytes, start, end) {
      if (count === hashes.length && count < MOST_TEXTS) {
        const larger = new Float64Array(count * 2);
        larger.set(hashes);
        hashes = larger;
      }
      if (count < hashes.length) {
        const upper = hashBytes(bytes, start, end, 0x9e3779b9) & UPPER_BITS;
        hashes[count] = upper * 2 ** 32 + hashBytes(bytes, start, end, 0x811c9dc5);
      }
      count++;
    },
    isUnique() {
      if (count > hashes.length) return false;
      const sorted = hashes.subarray(0, count).sort();
      for (let at = 1; at < count; at++) if (sorted[at] === sorted[at - 1]) return false;
      return true;
    },
  };
}

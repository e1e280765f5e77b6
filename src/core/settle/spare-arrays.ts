/** Byte arrays that are used again, so that reading allocates no new ones. */
export type SpareArrays = {
  /** An array of any length. */
  take(): Uint8Array;
  give(array: Uint8Array): void;
};

/** Size of a new array; its user may replace it by a longer one. */
export const ARRAY_BYTES = 32 * 1024;
/** Arrays beyond this total are left to the garbage collector. */
const MAX_SPARE_BYTES = 4 * 1024 * 1024;

export function createSpareArrays(): SpareArrays {
  const spare: Uint8Array[] = [];
  let spareBytes = 0;
  return { take, give };

  function take(): Uint8Array {
    const array = spare.pop();
    if (array === undefined) return new Uint8Array(ARRAY_BYTES);
    spareBytes -= array.length;
    return array;
  }

  function give(array: Uint8Array): void {
    if (array.length < ARRAY_BYTES || spareBytes + array.length > MAX_SPARE_BYTES) return;
    spare.push(array);
    spareBytes += array.length;
  }
}

/** The array itself if it is long enough. Otherwise a new one, at least twice as long, with its first `used` bytes. */
export function grown(array: Uint8Array, used: number, neededBytes: number): Uint8Array {
  if (neededBytes <= array.length) return array;
  const larger = new Uint8Array(Math.max(neededBytes, array.length * 2));
  larger.set(array.subarray(0, used));
  return larger;
}

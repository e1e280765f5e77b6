/** Byte arrays that wait for their next use, so that what is read needs no new ones. */
export type SpareArrays = {
  /** An array of any length. */
  take(): Uint8Array;
  give(array: Uint8Array): void;
};

/** A new array has this size; what uses it lets it grow. */
export const ARRAY_BYTES = 32 * 1024;
/** What more would wait is left to the garbage collector. */
const MAX_SPARE_BYTES = 8 * 1024 * 1024;

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

/** The array itself if it is long enough; otherwise a longer one, at least twice its length, that begins with its first `used` bytes. */
export function grown(array: Uint8Array, used: number, neededBytes: number): Uint8Array {
  if (neededBytes <= array.length) return array;
  const larger = new Uint8Array(Math.max(neededBytes, array.length * 2));
  larger.set(array.subarray(0, used));
  return larger;
}

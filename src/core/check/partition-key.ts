import { addToHash, FIRST_HASH, mixHash } from '../rows/hash.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const decoder = new TextDecoder();

/** Where the value of an item's first key attribute is in its text, `{"id":{"S":"1"},…`: between the quotes, as JSON. */
export function partitionValue(bytes: Uint8Array, start: number): { start: number; end: number } {
  const name = stringAt(bytes, start + 1);
  // `:{`, the type in quotes, and `:`.
  const type = stringAt(bytes, name.end + 3);
  return stringAt(bytes, type.end + 2);
}

/** A hash of 53 bits: two partition keys of a file have the same one in few files of a hundred million keys. */
export function partitionHash(
  bytes: Uint8Array,
  value: { start: number; end: number },
  hash: number,
): number {
  const other = mixHash(addToHash(FIRST_HASH ^ 0x5bd1e995, bytes, value.start, value.end));
  return hash * 2 ** 21 + (other & 0x1fffff);
}

/** The value as a person reads it. */
export function partitionText(bytes: Uint8Array, { start, end }: { start: number; end: number }): string {
  return JSON.parse(`"${decoder.decode(bytes.subarray(start, end))}"`) as string;
}

/** The inside of the JSON string whose quote is at `at`. */
function stringAt(bytes: Uint8Array, at: number): { start: number; end: number } {
  let end = at + 1;
  while (bytes[end] !== QUOTE) end += bytes[end] === BACKSLASH ? 2 : 1;
  return { start: at + 1, end };
}

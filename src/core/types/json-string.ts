/** What `copyAsJson` returns instead of a position. */
export const NUL_BYTE = -1;
const INVALID_UTF8 = -2;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const HEX = '0123456789abcdef';

/** The longest text that one byte becomes: `\u001f`. */
export const MAX_EXPANSION = 6;

/**
 * Writes the UTF-8 text [start, end) of `from` into `to` as the inside of a JSON string. An `escape` byte before `quote` or
 * before another `escape` is left out (pass -1 if the field has none). Returns the position after the last byte
 * written, or NUL_BYTE or INVALID_UTF8. `to` must have room for MAX_EXPANSION bytes for each byte.
 */
export function copyAsJson(
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  position: number,
  quote: number,
  escape: number,
): number {
  let out = position;
  for (let at = start; at < end; at++) {
    let byte = from[at]!;
    if (byte === escape && at + 1 < end && (from[at + 1] === quote || from[at + 1] === escape))
      byte = from[++at]!;
    if (byte >= 0x80) {
      const length = sequenceLength(from, at, end);
      if (length === 0) return INVALID_UTF8;
      for (let k = 0; k < length; k++) to[out++] = from[at + k]!;
      at += length - 1;
    } else if (byte >= 0x20) {
      if (byte === QUOTE || byte === BACKSLASH) to[out++] = BACKSLASH;
      to[out++] = byte;
    } else if (byte === 0) {
      return NUL_BYTE;
    } else {
      out = writeControl(byte, to, out);
    }
  }
  return out;
}

function writeControl(byte: number, to: Uint8Array, position: number): number {
  let out = position;
  to[out++] = BACKSLASH;
  const short = byte === 10 ? 'n' : byte === 13 ? 'r' : byte === 9 ? 't' : null;
  const text = short ?? `u00${HEX[byte >> 4]!}${HEX[byte & 15]!}`;
  for (let k = 0; k < text.length; k++) to[out++] = text.charCodeAt(k);
  return out;
}

/**
 * Bytes in the UTF-8 sequence at `at`, 0 if it is not well-formed. (Unicode 16, table 3-7: no overlong forms, no
 * surrogates, nothing beyond U+10FFFF.)
 */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + length > end) return 0;
  const second = bytes[at + 1]!;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let k = 2; k < length; k++) {
    if ((bytes[at + k]! & 0xc0) !== 0x80) return 0;
  }
  return length;
}

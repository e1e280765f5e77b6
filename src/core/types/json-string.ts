import { BACKSLASH_MEANINGS } from '../csv/cell-text.ts';
import { byteTable } from '../csv/text/encoding.ts';
import type { Format } from '../csv/format.ts';
import { BACKSLASHED, ESCAPED } from '../csv/record-reader.ts';
import { sequenceLength } from '../csv/text/utf8.ts';

/** What a copy returns instead of a position: the cell has a NUL byte, or bytes that are no text in the file's encoding. */
export const NUL_BYTE = -1;
export const INVALID_TEXT = -2;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const HEX = '0123456789abcdef';

/** The longest text that one byte becomes: `\u001f`. */
export const MAX_EXPANSION = 6;

/** Copies cells of one format as the insides of JSON strings. */
export type JsonCopy = {
  /**
   * Writes the cell [start, end) of `from` into `to` without its escapes, as the inside of a JSON string in UTF-8. `mark` is the
   * reader's. Returns the position after the last byte written, or NUL_BYTE or INVALID_TEXT. `to` must have room for MAX_EXPANSION
   * bytes for each byte.
   */
  copy(from: Uint8Array, start: number, end: number, to: Uint8Array, position: number, mark: number): number;
  /** Bytes in UTF-8 of the text that was copied last, without JSON's escapes. */
  readonly textBytes: number;
};

export function createJsonCopy(format: Format): JsonCopy {
  const quote = format.quote === null ? -1 : format.quote.charCodeAt(0);
  const escape = format.quote === null ? -1 : format.escape.charCodeAt(0);
  const table = byteTable(format.encoding);
  let textBytes = 0;

  return {
    copy,
    get textBytes() {
      return textBytes;
    },
  };

  function copy(
    from: Uint8Array,
    start: number,
    end: number,
    to: Uint8Array,
    position: number,
    mark: number,
  ): number {
    const hasBackslashes = (mark & BACKSLASHED) !== 0;
    const escapeByte = (mark & ESCAPED) === 0 ? -1 : escape;
    let out = position;
    /** Bytes of the text so far, less `at - start`. */
    let more = 0;
    for (let at = start; at < end; at++) {
      let byte = from[at]!;
      if (byte === BACKSLASH && hasBackslashes && at + 1 < end) {
        byte = MEANINGS[from[++at]!]!;
        more--;
      } else if (
        byte === escapeByte &&
        at + 1 < end &&
        (from[at + 1] === quote || from[at + 1] === escapeByte)
      ) {
        byte = from[++at]!;
        more--;
      }
      if (byte >= 0x80) {
        if (table === null) {
          const length = sequenceLength(from, at, end);
          if (length === 0) return INVALID_TEXT;
          for (let k = 0; k < length; k++) to[out++] = from[at + k]!;
          at += length - 1;
        } else {
          const { offsets, utf8 } = table;
          const first = offsets[byte]!;
          const last = offsets[byte + 1]!;
          if (first === last) return INVALID_TEXT;
          for (let k = first; k < last; k++) to[out++] = utf8[k]!;
          more += last - first - 1;
        }
      } else if (byte >= 0x20) {
        if (byte === QUOTE || byte === BACKSLASH) to[out++] = BACKSLASH;
        to[out++] = byte;
      } else if (byte === 0) {
        return NUL_BYTE;
      } else {
        out = writeControl(byte, to, out);
      }
    }
    textBytes = end - start + more;
    return out;
  }
}

/** What a byte means behind a backslash: most mean themselves. */
const MEANINGS = Uint8Array.from({ length: 256 }, (_, byte) => byte);
for (const [letter, meaning] of BACKSLASH_MEANINGS) MEANINGS[letter.charCodeAt(0)] = meaning.charCodeAt(0);

function writeControl(byte: number, to: Uint8Array, position: number): number {
  let out = position;
  to[out++] = BACKSLASH;
  const short = byte === 10 ? 'n' : byte === 13 ? 'r' : byte === 9 ? 't' : null;
  const text = short ?? `u00${HEX[byte >> 4]!}${HEX[byte & 15]!}`;
  for (let k = 0; k < text.length; k++) to[out++] = text.charCodeAt(k);
  return out;
}

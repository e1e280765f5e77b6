import { ESCAPED, QUOTED, SPECIAL } from '../csv/record-reader.ts';
import { type ColumnType, excerpt, NULL_VALUE, refuse } from './column-type.ts';
import { copyAsJson, NUL_BYTE } from './json-string.ts';
import { copyWords } from './words.ts';

/** The cell's text as it is. An empty cell is null, an empty pair of quotes an empty string. */
export const string: ColumnType = {
  tag: 'S',
  mayBeKey: true,
  compile(format) {
    const quote = format.quote?.charCodeAt(0) ?? -1;
    const escape = format.escape.charCodeAt(0);
    return (row, field, at) => {
      const { reader, from, to } = row;
      const start = reader.starts[field]!;
      const end = reader.ends[field]!;
      const mark = reader.marks[field]!;
      if ((mark & (SPECIAL | ESCAPED)) === 0) {
        if (start === end && (mark & QUOTED) === 0) return NULL_VALUE;
        row.valueBytes = end - start;
        return copyWords(from, start, end, to, at);
      }
      const isEscaped = (mark & ESCAPED) !== 0;
      const out = copyAsJson(from.bytes, start, end, to.bytes, at, quote, isEscaped ? escape : -1);
      if (out < 0) {
        const text = excerpt(row, field, format);
        return out === NUL_BYTE
          ? refuse(row, 'nul-byte', `${text} contains a NUL byte`)
          : refuse(row, 'invalid-utf8', `${text} is not valid UTF-8`);
      }
      row.valueBytes = isEscaped ? decodedBytes(from.bytes, start, end, quote, escape) : end - start;
      return out;
    };
  },
};

/** Bytes of the text without its escapes. */
function decodedBytes(bytes: Uint8Array, start: number, end: number, quote: number, escape: number): number {
  let count = 0;
  for (let at = start; at < end; at++) {
    if (bytes[at] === escape && at + 1 < end && (bytes[at + 1] === quote || bytes[at + 1] === escape)) at++;
    count++;
  }
  return count;
}

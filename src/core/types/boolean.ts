import { ESCAPED } from '../csv/record-reader.ts';
import { type ColumnType, excerpt, NULL_VALUE, refuse } from './column-type.ts';

/** The words that are usual for true and false, in any letter case. */
const WORDS = {
  true: ['true', 't', 'yes', 'y', '1'],
  false: ['false', 'f', 'no', 'n', '0'],
};
const LONGEST_WORD = 5;

export const boolean: ColumnType = {
  tag: 'BOOL',
  mayBeKey: false,
  compile(format) {
    return (row, field, at) => {
      const { reader, from, to } = row;
      const start = reader.starts[field]!;
      const end = reader.ends[field]!;
      if (start === end) return NULL_VALUE;
      row.valueBytes = 1;
      const isPlain = reader.marks[field]! < ESCAPED && end - start <= LONGEST_WORD;
      const value = isPlain ? VALUES.get(foldedNumber(from.bytes, start, end)) : undefined;
      if (value === undefined) {
        const text = excerpt(row, field, format);
        const reason = `${text} is not a boolean (true, false, yes, no, t, f, y, n, 1 or 0)`;
        return refuse(row, 'boolean-invalid', reason);
      }
      for (let k = 0; k < value.length; k++) to.bytes[at + k] = value[k]!;
      return at + value.length;
    };
  },
};

const encoder = new TextEncoder();

/** JSON's two words, by the words of the file as numbers: no string is made of a cell. */
const VALUES: ReadonlyMap<number, Uint8Array> = new Map(
  Object.entries(WORDS).flatMap(([json, words]) =>
    words.map((word) => [foldedNumber(encoder.encode(word), 0, word.length), encoder.encode(json)] as const),
  ),
);

/** Up to six bytes of printable ASCII as a number, capital letters as small ones. */
function foldedNumber(bytes: Uint8Array, start: number, end: number): number {
  let folded = 0;
  for (let k = start; k < end; k++) folded = folded * 256 + (bytes[k]! | 0x20);
  return folded;
}

import { type ColumnType, excerpt, NULL_VALUE, refuse } from './column-type.ts';
import { canonicalNumber, checkNumber } from './number-text.ts';
import { copyWords } from './words.ts';

const PLUS = 0x2b;

/** A number of up to 38 digits, as text from the cell to the item: never floating point. */
export const number: ColumnType = {
  tag: 'N',
  mayBeKey: true,
  compile(format, isKey) {
    return (row, field, at) => {
      const { reader, from, to } = row;
      let start = reader.starts[field]!;
      const end = reader.ends[field]!;
      if (start === end) return NULL_VALUE;
      const verdict = checkNumber(from.bytes, start, end);
      if (verdict !== 'ok') {
        const text = excerpt(row, field, format);
        const reason =
          verdict === 'number-invalid'
            ? `${text} is not a number`
            : `${text} is beyond DynamoDB's numbers (38 digits, 1E-130 to 9.99E+125)`;
        return refuse(row, verdict, reason);
      }
      if (from.bytes[start] === PLUS) start++;
      // As a key, 1, 1.0 and 01 are one number, and must have the same bytes.
      const out = isKey
        ? writeAscii(canonicalNumber(asciiText(from.bytes, start, end)), to.bytes, at)
        : copyWords(from, start, end, to, at);
      // "Item sizes and formats": about a byte for two significant digits, and one more.
      row.valueBytes = ((out - at + 1) >> 1) + 1;
      return out;
    };
  },
};

function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let k = start; k < end; k++) text += String.fromCharCode(bytes[k]!);
  return text;
}

function writeAscii(text: string, to: Uint8Array, at: number): number {
  for (let k = 0; k < text.length; k++) to[at + k] = text.charCodeAt(k);
  return at + text.length;
}

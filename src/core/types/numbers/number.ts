import { type CellWriter, type ColumnType, excerpt, excerptOf, NULL_VALUE, refuse } from '../column-type.ts';
import type { CellOptions } from '../cell-options.ts';
import type { Format } from '../../csv/format.ts';
import { NULL_MARK } from '../../csv/record-reader.ts';
import { copyWords } from '../words.ts';
import { writeCanonical } from './canonical-number.ts';
import { checkNumber, type NumberVerdict } from './number-text.ts';
import { compileNumber, numberSize } from './number-writer.ts';

const PLUS = 0x2b;

/** A number of up to 38 digits, as text from the cell to the item: never floating point. */
export const number: ColumnType = {
  tagOf: () => 'N',
  mayBeKey: true,
  options: ['decimal', 'thousands', 'negative', 'divide', 'multiply', 'min', 'max'],
  compile(options: CellOptions) {
    const write = compileNumber(options, options.isCanonical);
    return (result, from, start, end, at) => {
      const out = write(result, from, start, end, at);
      return typeof out === 'number' ? out : refuseNumber(result, out, excerptOf(from.bytes, start, end));
    };
  },
  compilePlain,
};

function compilePlain(format: Format, isKey: boolean): CellWriter {
  return (row, field, at) => {
    const { reader, from, to } = row;
    let start = reader.starts[field]!;
    const end = reader.ends[field]!;
    if (start === end) return NULL_VALUE;
    const verdict = checkNumber(from.bytes, start, end);
    if (verdict !== 'ok') {
      if ((reader.marks[field]! & NULL_MARK) !== 0) return NULL_VALUE;
      return refuseNumber(row, verdict, excerpt(row, field, format));
    }
    if (from.bytes[start] === PLUS) start++;
    // As a key, 1, 1.0 and 01 are one number, and must have the same bytes.
    const out = isKey
      ? writeCanonical(from.bytes, start, end, 0, to.bytes, at)
      : copyWords(from, start, end, to, at);
    row.valueBytes = numberSize(out - at);
    return out;
  };
}

export function refuseNumber(
  result: Parameters<typeof refuse>[0],
  verdict: Exclude<NumberVerdict, 'ok'>,
  text: string,
): number {
  const reason =
    verdict === 'number-invalid'
      ? `${text} is not a number`
      : `${text} is beyond DynamoDB's numbers (38 digits, 1E-130 to 9.99E+125)`;
  return refuse(result, verdict, reason);
}

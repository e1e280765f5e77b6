import type { CellOptions } from '../cell-options.ts';
import type { Result } from '../column-type.ts';
import { createScratch } from '../cells/scratch.ts';
import { copyWords, type Words } from '../words.ts';
import { OUT_OF_RANGE, writeCanonical } from './canonical-number.ts';
import { compileNotation, NO_NUMBER } from './notation.ts';
import { checkNumber, type NumberVerdict } from './number-text.ts';

const PLUS = 0x2b;
const scratch = createScratch();

/** Writes a number, or says why it is none. */
export type NumberWriter = (
  result: Result,
  from: Words,
  start: number,
  end: number,
  at: number,
) => number | Exclude<NumberVerdict, 'ok'>;

export function compileNumber(
  { spec, decimal, thousands, strip }: CellOptions,
  isCanonical: boolean,
): NumberWriter {
  const negative = spec.negative ?? 'leading';
  const plain = compileNotation({ decimal, thousands, strip, negative });
  const shift = powerOfTen(spec.multiply) - powerOfTen(spec.divide);
  return (result, from, start, end, at) => {
    let source = from;
    let first = start;
    let last = end;
    if (plain !== null) {
      source = scratch(end - start + 1);
      first = 0;
      last = plain(from.bytes, start, end, source.bytes);
      if (last === NO_NUMBER) return 'number-invalid';
    }
    const verdict = checkNumber(source.bytes, first, last);
    if (verdict !== 'ok') return verdict;
    let out: number;
    if (isCanonical || shift !== 0) {
      out = writeCanonical(source.bytes, first, last, shift, result.to.bytes, at);
      if (out === OUT_OF_RANGE) return 'number-out-of-range';
    } else {
      if (source.bytes[first] === PLUS) first++;
      out = copyWords(source, first, last, result.to, at);
    }
    result.valueBytes = numberSize(out - at);
    return out;
  };
}

/** "Item sizes and formats": about a byte for two significant digits, and one more. */
export function numberSize(digits: number): number {
  return ((digits + 1) >> 1) + 1;
}

function powerOfTen(power = 1): number {
  return Math.round(Math.log10(power));
}

/** DynamoDB's numbers (Amazon DynamoDB Developer Guide, "Supported data types and naming rules"). */
const MAX_DIGITS = 38;
const MAX_EXPONENT = 125;
const MIN_EXPONENT = -130;
/** A zero may have any exponent that DynamoDB can read: a 32-bit number. */
const MAX_WRITTEN_EXPONENT = 1_000_000_000;

const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const UPPER_E = 0x45;
const LOWER_E = 0x65;

export type NumberVerdict = 'ok' | 'number-invalid' | 'number-out-of-range';

/**
 * Whether DynamoDB takes the text [start, end) as a number: a sign or none, ASCII digits with at most one point among,
 * before or behind them, an exponent or none, and nothing else, not even a space. Out of range is what has more than 38
 * significant digits (zeros at both ends don't count) or lies outside 1E-130 to 9.99…E+125; zero is in range. The grammar is
 * that of DynamoDB Local 3.3.0, but for digits outside ASCII, which it takes and this refuses.
 */
export function checkNumber(bytes: Uint8Array, start: number, end: number): NumberVerdict {
  let at = start;
  if (at < end && (bytes[at] === PLUS || bytes[at] === MINUS)) at++;
  let digits = 0;
  let wholeDigits = -1;
  let first = -1;
  let last = -1;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    const value = byte - ZERO;
    if (value >= 0 && value <= 9) {
      if (value !== 0) {
        if (first < 0) first = digits;
        last = digits;
      }
      digits++;
    } else if (byte === POINT && wholeDigits < 0) {
      wholeDigits = digits;
    } else {
      break;
    }
  }
  if (digits === 0) return 'number-invalid';
  if (wholeDigits < 0) wholeDigits = digits;
  const exponent = at === end ? 0 : readExponent(bytes, at, end);
  if (Number.isNaN(exponent)) return 'number-invalid';
  if (Math.abs(exponent) > MAX_WRITTEN_EXPONENT) return 'number-out-of-range';
  if (first < 0) return 'ok';
  const leading = wholeDigits - 1 - first + exponent;
  return exceedsRange(leading) || last - first >= MAX_DIGITS ? 'number-out-of-range' : 'ok';
}

/** `leading`: the power of ten of a number's first digit that is not zero. */
export function exceedsRange(leading: number): boolean {
  return leading > MAX_EXPONENT || leading < MIN_EXPONENT;
}

/** NaN if it is not an exponent. Beyond MAX_WRITTEN_EXPONENT the value is only some number beyond it. */
export function readExponent(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  if (bytes[at] !== LOWER_E && bytes[at] !== UPPER_E) return Number.NaN;
  at++;
  const negative = bytes[at] === MINUS;
  if (negative || bytes[at] === PLUS) at++;
  if (at >= end) return Number.NaN;
  let exponent = 0;
  for (; at < end; at++) {
    const value = bytes[at]! - ZERO;
    if (value < 0 || value > 9) return Number.NaN;
    exponent = Math.min(exponent * 10 + value, MAX_WRITTEN_EXPONENT + 1);
  }
  return negative ? -exponent : exponent;
}

/** DynamoDB's numbers (Amazon DynamoDB Developer Guide, "Supported data types and naming rules"). */
const MAX_DIGITS = 38;
const MAX_EXPONENT = 125;
const MIN_EXPONENT = -130;
/** A zero may have any exponent that DynamoDB can read: a 32-bit number. */
const MAX_WRITTEN_EXPONENT = 1_000_000_000;
/** Between these exponents, canonical texts are written without exponent. */
const MAX_PLAIN_EXPONENT = MAX_DIGITS - 1;
const MIN_PLAIN_EXPONENT = -7;

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
  const inRange = leading <= MAX_EXPONENT && leading >= MIN_EXPONENT && last - first < MAX_DIGITS;
  return inRange ? 'ok' : 'number-out-of-range';
}

/** NaN if it is not an exponent. Beyond MAX_WRITTEN_EXPONENT the value is only some number beyond it. */
function readExponent(bytes: Uint8Array, start: number, end: number): number {
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

const CANONICAL_INTEGER = /^(?:0|-?[1-9][0-9]{0,37})$/;
const PARTS = /^([+-]?)([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]+))?$/;

/**
 * The canonical text of a number: two numbers are equal if and only if their canonical texts are. For texts that `checkNumber`
 * accepts; other texts are returned unchanged.
 */
export function canonicalNumber(text: string): string {
  if (CANONICAL_INTEGER.test(text)) return text;
  const parts = PARTS.exec(text);
  if (parts === null) return text;
  const [, sign, whole = '', fraction = '', written = '0'] = parts;
  const digits = whole + fraction;
  const significant = digits.replace(/^0+/, '');
  if (significant === '') return '0';
  const leading = whole.length - 1 - (digits.length - significant.length) + Number(written);
  const minus = sign === '-' ? '-' : '';
  return minus + writeCanonical(significant.replace(/0+$/, ''), leading);
}

/** `leading`: the power of ten of the first digit. */
function writeCanonical(digits: string, leading: number): string {
  if (leading < MIN_PLAIN_EXPONENT || leading > MAX_PLAIN_EXPONENT) {
    const rest = digits.slice(1);
    return `${digits[0]!}${rest === '' ? '' : `.${rest}`}E${leading}`;
  }
  if (leading < 0) return `0.${'0'.repeat(-leading - 1)}${digits}`;
  const whole = digits.slice(0, leading + 1).padEnd(leading + 1, '0');
  const rest = digits.slice(leading + 1);
  return rest === '' ? whole : `${whole}.${rest}`;
}

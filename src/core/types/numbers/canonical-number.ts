import { exceedsRange, readExponent } from './number-text.ts';

/** What `writeCanonical` returns instead of a position: the value is beyond DynamoDB's numbers. */
export const OUT_OF_RANGE = -1;

/** Between these exponents, canonical texts are written without exponent. */
const MAX_PLAIN_EXPONENT = 37;
const MIN_PLAIN_EXPONENT = -7;

const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const EXPONENT = 0x45;

/**
 * Writes the canonical text of a number times ten to the power of `shift`: two numbers are equal if and only if their canonical
 * texts are. For texts [start, end) that `checkNumber` accepts. Returns the position after the text, or OUT_OF_RANGE.
 */
export function writeCanonical(
  bytes: Uint8Array,
  start: number,
  end: number,
  shift: number,
  to: Uint8Array,
  at: number,
): number {
  let k = start;
  const isNegative = bytes[k] === MINUS;
  if (isNegative || bytes[k] === PLUS) k++;
  let digits = 0;
  let wholeDigits = -1;
  let first = -1;
  let firstAt = -1;
  let last = -1;
  for (; k < end; k++) {
    const byte = bytes[k]!;
    if (byte === POINT) {
      wholeDigits = digits;
      continue;
    }
    if (byte < ZERO || byte > 0x39) break;
    if (byte !== ZERO) {
      if (first < 0) {
        first = digits;
        firstAt = k;
      }
      last = digits;
    }
    digits++;
  }
  let out = at;
  if (first < 0) {
    to[out++] = ZERO;
    return out;
  }
  if (wholeDigits < 0) wholeDigits = digits;
  /** The power of ten of the first digit. */
  const leading = wholeDigits - 1 - first + (k < end ? readExponent(bytes, k, end) : 0) + shift;
  if (exceedsRange(leading)) return OUT_OF_RANGE;
  if (isNegative) to[out++] = MINUS;
  const isPlain = leading >= MIN_PLAIN_EXPONENT && leading <= MAX_PLAIN_EXPONENT;
  if (isPlain && leading < 0) {
    to[out++] = ZERO;
    to[out++] = POINT;
    for (let n = leading; n < -1; n++) to[out++] = ZERO;
  }
  const count = last - first + 1;
  /** The point stands after this digit; -1: it is already written. */
  const pointAfter = isPlain ? leading : 0;
  let from = firstAt;
  for (let n = 0; n < count; n++) {
    if (bytes[from] === POINT) from++;
    to[out++] = bytes[from++]!;
    if (n === pointAfter && n < count - 1) to[out++] = POINT;
  }
  if (isPlain) {
    for (let n = count; n <= leading; n++) to[out++] = ZERO;
    return out;
  }
  to[out++] = EXPONENT;
  const text = String(leading);
  for (let n = 0; n < text.length; n++) to[out++] = text.charCodeAt(n);
  return out;
}

/** Whether a canonical text has a fraction: a point without exponent, or an exponent that leaves digits behind the point. */
export function hasFraction(bytes: Uint8Array, start: number, end: number): boolean {
  let point = -1;
  for (let at = start; at < end; at++) {
    if (bytes[at] === POINT) point = at;
    if (bytes[at] === EXPONENT) {
      const fraction = point < 0 ? 0 : at - point - 1;
      return readExponent(bytes, at, end) < fraction;
    }
  }
  return point >= 0;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** For a text of the dataset or a computed one. */
export function canonicalNumber(text: string): string {
  const bytes = encoder.encode(text);
  // 38 digits, sign, point and exponent.
  const room = new Uint8Array(bytes.length + 48);
  return decoder.decode(room.subarray(0, writeCanonical(bytes, 0, bytes.length, 0, room, 0)));
}

const encoder = new TextEncoder();
const POINT = 0x2e;
const MINUS = 0x2d;
const ZERO = 0x30;
const EXPONENT = 0x45;

/** Compares two canonical numbers exactly, as decimal texts: below 0 if `a` is less than `b`. */
export function compareNumbers(a: Uint8Array, aStart: number, aEnd: number, b: Uint8Array): number {
  const aSign = signOf(a, aStart);
  const bSign = signOf(b, 0);
  if (aSign !== bSign || aSign === 0) return aSign - bSign;
  const aFirst = firstDigit(a, aStart, aEnd);
  const bFirst = firstDigit(b, 0, b.length);
  const magnitude =
    leadingExponent(a, aStart, aEnd, aFirst) - leadingExponent(b, 0, b.length, bFirst) ||
    compareDigits(a, aFirst, aEnd, b, bFirst);
  return aSign * magnitude;
}

/** The bytes of a number that `compareNumbers` takes. */
export function numberBytes(canonical: string): Uint8Array {
  return encoder.encode(canonical);
}

/** A canonical zero is `0`. */
function signOf(bytes: Uint8Array, start: number): number {
  if (bytes[start] === MINUS) return -1;
  return bytes[start] === ZERO && bytes[start + 1] !== POINT ? 0 : 1;
}

/** Where the first digit stands that is not zero. */
function firstDigit(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at]! <= ZERO || bytes[at]! > 0x39)) at++;
  return at;
}

/** The power of ten of the first digit that is not zero. */
function leadingExponent(bytes: Uint8Array, start: number, end: number, first: number): number {
  let point = -1;
  let exponentAt = end;
  for (let at = start; at < end; at++) {
    if (bytes[at] === POINT) point = at;
    if (bytes[at] === EXPONENT) exponentAt = at;
  }
  if (exponentAt < end) return wholeNumber(bytes, exponentAt + 1, end);
  if (point < 0) return end - 1 - first;
  return point > first ? point - 1 - first : point - first;
}

function wholeNumber(bytes: Uint8Array, start: number, end: number): number {
  const isNegative = bytes[start] === MINUS;
  let value = 0;
  for (let at = isNegative ? start + 1 : start; at < end; at++) value = value * 10 + bytes[at]! - ZERO;
  return isNegative ? -value : value;
}

function compareDigits(a: Uint8Array, aFirst: number, aEnd: number, b: Uint8Array, bFirst: number): number {
  let at = aFirst;
  let other = bFirst;
  for (;;) {
    if (a[at] === POINT) at++;
    if (b[other] === POINT) other++;
    const isOver = at >= aEnd || a[at] === EXPONENT;
    const otherIsOver = other >= b.length || b[other] === EXPONENT;
    if (isOver || otherIsOver) return digitsLeft(otherIsOver, isOver, a, at, aEnd, b, other);
    const difference = a[at]! - b[other]!;
    if (difference !== 0) return difference;
    at++;
    other++;
  }
}

/** One number has no further digits: the other is greater if one of its digits is not zero. */
function digitsLeft(
  otherIsOver: boolean,
  isOver: boolean,
  a: Uint8Array,
  at: number,
  aEnd: number,
  b: Uint8Array,
  other: number,
): number {
  if (isOver && otherIsOver) return 0;
  const [bytes, start, end, sign] = isOver
    ? ([b, other, b.length, -1] as const)
    : ([a, at, aEnd, 1] as const);
  for (let k = start; k < end && bytes[k] !== EXPONENT; k++) {
    if (bytes[k] !== ZERO && bytes[k] !== POINT) return sign;
  }
  return 0;
}

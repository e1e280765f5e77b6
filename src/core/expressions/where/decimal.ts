import { canonicalNumber } from '../../types/numbers/canonical-number.ts';

/** Numbers of up to so many digits are exact as doubles, and compare like them. */
const EXACT_DIGITS = 15;
const EXACT = /^-?\d{1,15}$|^(?=.{1,16}$)-?\d{1,14}\.\d{1,14}$/;
const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/;

/** A number of up to 38 digits in a condition. It compares exactly, whatever is written on the other side. */
export class Decimal {
  /** The text that DynamoDB gets. */
  readonly text: string;
  readonly double: number;
  /** `double` is the number itself. */
  readonly isExact: boolean;

  constructor(text: string) {
    this.text = text;
    this.double = Number(text);
    this.isExact = EXACT.test(text);
  }
}

export type Comparable = Decimal | bigint | number;

/** Negative, 0 or positive, as `a` is less than, equal to or greater than `b`. A double is the decimal that it is written as. */
export function compareNumbers(a: Comparable, b: Comparable): number {
  const left = exactDouble(a);
  const right = exactDouble(b);
  if (!Number.isNaN(left) && !Number.isNaN(right)) return left - right;
  return compareTexts(textOf(a), textOf(b));
}

/** Whether a double says all the digits of a number that is written in an expression. */
export function isExactLiteral(written: string, value: number): boolean {
  return Number.isFinite(value) && canonicalNumber(written) === canonicalNumber(textOf(value));
}

/** NaN: it has too many digits. */
function exactDouble(value: Comparable): number {
  if (typeof value === 'object') return value.isExact ? value.double : Number.NaN;
  const double = Number(value);
  if (typeof value === 'bigint') return Math.abs(double) < 10 ** EXACT_DIGITS ? double : Number.NaN;
  return EXACT.test(String(value)) ? double : Number.NaN;
}

function textOf(value: Comparable): string {
  return typeof value === 'object' ? value.text : String(value).replace('e', 'E');
}

function compareTexts(a: string, b: string): number {
  const left = parse(canonicalNumber(a));
  const right = parse(canonicalNumber(b));
  if (left.sign !== right.sign) return left.sign - right.sign;
  const magnitude =
    left.exponent === right.exponent
      ? compareDigits(left.digits, right.digits)
      : left.exponent - right.exponent;
  return left.sign * magnitude;
}

/** Sign, significant digits, and the power of ten of the first of them. */
function parse(text: string): { sign: number; digits: string; exponent: number } {
  const [, minus, whole = '', fraction = '', exponent = '0'] = PARTS.exec(text)!;
  const all = whole + fraction;
  const digits = all.replace(/^0+/, '');
  if (digits === '') return { sign: 0, digits: '', exponent: 0 };
  const first = whole.length - 1 - (all.length - digits.length);
  return { sign: minus === '-' ? -1 : 1, digits, exponent: first + Number(exponent) };
}

function compareDigits(a: string, b: string): number {
  const length = Math.max(a.length, b.length);
  const left = a.padEnd(length, '0');
  const right = b.padEnd(length, '0');
  return left < right ? -1 : left > right ? 1 : 0;
}

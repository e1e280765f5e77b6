import { stripEdges } from '../cells/edges.ts';
import { createTextTable } from '../cells/text-table.ts';

/** How the numbers of a column are written. */
export type Notation = {
  readonly decimal: string;
  readonly thousands: readonly string[];
  readonly strip: readonly string[];
  /** Beside a minus before the digits, which is always one. */
  readonly negative: 'leading' | 'trailing' | 'parentheses';
};

/**
 * Writes the number [start, end) with a point, without marks between its thousands, and with its minus first. Returns the length of
 * what it wrote, at most a byte more than it read, or NO_NUMBER. What it writes may still be no number.
 */
export type PlainNumber = (bytes: Uint8Array, start: number, end: number, to: Uint8Array) => number;

export const NO_NUMBER = -1;

const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const OPEN = 0x28;
const CLOSE = 0x29;
const GROUP = 3;

/** null: numbers are written as DynamoDB takes them. */
export function compileNotation({ decimal, thousands, strip, negative }: Notation): PlainNumber | null {
  if (decimal === '.' && thousands.length === 0 && strip.length === 0 && negative === 'leading') return null;
  const edges = strip.length === 0 ? null : stripEdges(strip);
  const decimalByte = decimal.charCodeAt(0);
  const marks = thousands.map((mark) => new TextEncoder().encode(mark));
  const markTables = thousands.map((mark) => createTextTable([mark]));
  return plain;

  function plain(bytes: Uint8Array, start: number, end: number, to: Uint8Array): number {
    let at = start;
    let stop = end;
    let isNegative = false;
    const first = bytes[at];
    const last = bytes[stop - 1];
    let hasSign = first === MINUS || first === PLUS;
    if (hasSign) {
      isNegative = first === MINUS;
      at++;
    } else if (negative === 'parentheses' && first === OPEN && last === CLOSE) {
      hasSign = true;
      isNegative = true;
      at++;
      stop--;
    } else if (negative === 'trailing' && at < stop && (last === MINUS || last === PLUS)) {
      hasSign = true;
      isNegative = last === MINUS;
      stop--;
    }
    if (edges !== null && hasSign) {
      at = edges.first(bytes, at, stop);
      stop = edges.last(bytes, at, stop);
    }
    if (at === stop || (hasSign && (bytes[at] === MINUS || bytes[at] === PLUS))) return NO_NUMBER;
    let out = 0;
    if (isNegative) to[out++] = MINUS;
    return writeDigits(bytes, at, stop, to, out);
  }

  function writeDigits(
    bytes: Uint8Array,
    start: number,
    end: number,
    to: Uint8Array,
    position: number,
  ): number {
    let out = position;
    let at = start;
    let group = 0;
    let mark = -1;
    while (at < end) {
      const byte = bytes[at]!;
      if (byte >= ZERO && byte <= 0x39) {
        to[out++] = byte;
        group++;
        at++;
        continue;
      }
      const found = markTables.findIndex((table, index) => {
        const next = at + marks[index]!.length;
        return next <= end && table(bytes, at, next) === 0;
      });
      if (found < 0) break;
      // Up to three digits before the first mark, three after each, and one mark for the whole number.
      if (mark < 0 ? group < 1 || group > GROUP : found !== mark || group !== GROUP) return NO_NUMBER;
      mark = found;
      group = 0;
      at += marks[found]!.length;
    }
    if (mark >= 0 && group !== GROUP) return NO_NUMBER;
    if (at < end && bytes[at] === decimalByte) {
      to[out++] = POINT;
      at++;
    }
    for (; at < end; at++) {
      if (bytes[at] === POINT || bytes[at] === decimalByte) return NO_NUMBER;
      to[out++] = bytes[at]!;
    }
    return out;
  }
}

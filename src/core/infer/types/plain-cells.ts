import type { ColumnFacts } from './column-facts.ts';
import { addPlainNumber } from './number-facts.ts';

/** What a cell is, as far as its bytes tell without a string. `unsure`: only its text tells. */
export type PlainKind = 'number' | 'date' | 'text' | 'unsure';

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
/** Digits of a number that a double holds exactly. */
const MOST_DIGITS = 15;
/** A cell of fewer bytes may be a word that means something. */
const LONGEST_WORD = 8;
/** Letters of a month's name, or of a currency. */
const FEWEST_LETTERS = 3;
const MOST_LETTERS = 9;
const ISO_DATE_BYTES = 10;

/** Adds most cells of most files: plain numbers, ISO dates and words that are none of them. */
export function addPlain(facts: ColumnFacts, bytes: Uint8Array, start: number, end: number): PlainKind {
  const first = bytes[start]!;
  if (isLetter(first)) return end - start > LONGEST_WORD && isText(bytes, start, end) ? 'text' : 'unsure';
  if (first !== MINUS && !isDigit(first)) return 'unsure';
  if (addNumber(facts, bytes, start, end)) return 'number';
  return addIsoDate(facts, bytes, start, end) ? 'date' : 'unsure';
}

/** Letters that begin neither a date with a month's name nor an amount with a currency. */
function isText(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && isLetter(bytes[at]!)) at++;
  const letters = at - start;
  if (letters < FEWEST_LETTERS || letters > MOST_LETTERS) return true;
  for (let k = at; k < end; k++)
    if (isDigit(bytes[k]!)) return letters > FEWEST_LETTERS && isPartOfWord(bytes[at]!);
  return true;
}

/** No separator of dates. */
function isPartOfWord(byte: number): boolean {
  return byte !== 0x20 && byte !== MINUS && byte !== POINT && byte !== 0x2f && byte !== 0x2c;
}

function addNumber({ numbers }: ColumnFacts, bytes: Uint8Array, start: number, end: number): boolean {
  const isNegative = bytes[start] === MINUS;
  const first = isNegative ? start + 1 : start;
  let digits = 0;
  let point = -1;
  if (end - first > MOST_DIGITS + 1 || first === end) return false;
  for (let at = first; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === POINT && point < 0 && at > first && at + 1 < end) point = at;
    else if (isDigit(byte)) digits = digits * 10 + byte - ZERO;
    else return false;
  }
  const whole = (point < 0 ? end : point) - first;
  const fraction = point < 0 ? 0 : end - point - 1;
  if ((whole > 1 && bytes[first] === ZERO) || whole + fraction > MOST_DIGITS) return false;
  const isZero = fraction === 1 && bytes[end - 1] === ZERO;
  addPlainNumber(numbers, {
    bytes,
    start,
    end,
    value: signed(digits, fraction, isNegative),
    whole,
    fraction,
    isZero,
  });
  return true;
}

function signed(digits: number, fraction: number, isNegative: boolean): number {
  const value = digits / 10 ** fraction;
  return isNegative ? -value : value;
}

function addIsoDate(facts: ColumnFacts, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== ISO_DATE_BYTES || bytes[start + 4] !== MINUS || bytes[start + 7] !== MINUS)
    return false;
  let day = 0;
  for (let k = 0; k < ISO_DATE_BYTES; k++) {
    if (k === 4 || k === 7) continue;
    const byte = bytes[start + k]!;
    if (!isDigit(byte)) return false;
    day = day * 10 + byte - ZERO;
  }
  const month = Math.floor(day / 100) % 100;
  if (month < 1 || month > 12 || day % 100 < 1 || day % 100 > 31) return false;
  facts.isoDates++;
  if (day < facts.leastIso) facts.leastIso = day;
  if (day > facts.greatestIso) facts.greatestIso = day;
  return true;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}

function isLetter(byte: number): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}

import { type DateFields, readOffset, resetFields, twoDigits } from './formats/date-reader.ts';

const MINUS = 0x2d;
const POINT = 0x2e;
const COMMA = 0x2c;
const COLON = 0x3a;
const SPACE = 0x20;
const LETTER_T = 0x54;
const LETTER_Z = 0x5a;
const ZERO = 0x30;

/** `2024-03-09` */
export function readIsoDate(bytes: Uint8Array, start: number, end: number, into: DateFields): boolean {
  resetFields(into);
  return end - start === 10 && readDay(bytes, start, end, into) === end;
}

/** `08:05`, `8:05:00`, `25:10:00.5`: one to three digits of hours. */
export function readIsoTime(bytes: Uint8Array, start: number, end: number, into: DateFields): boolean {
  resetFields(into);
  return readTime(bytes, start, end, into, 3) === end;
}

/**
 * `2024-03-09T08:05:00Z`, as programs write it: a T or a space between day and time, seconds or none, a fraction or none, then `Z`, an
 * offset `+02:00`, `+0200` or `+02`, maybe after a space, or nothing.
 */
export function readIsoDatetime(bytes: Uint8Array, start: number, end: number, into: DateFields): boolean {
  resetFields(into);
  let at = readDay(bytes, start, end, into);
  if (at < 0 || at >= end || ((bytes[at]! & 0xdf) !== LETTER_T && bytes[at] !== SPACE)) return false;
  at = readTime(bytes, at + 1, end, into, 2);
  if (at < 0) return false;
  if (at === end) return true;
  if (bytes[at] === SPACE) at++;
  if (at === end - 1 && (bytes[at]! & 0xdf) === LETTER_Z) {
    into.offsetMinutes = 0;
    return true;
  }
  return readOffset(bytes, at, end, into, 'any') === end;
}

function readDay(bytes: Uint8Array, at: number, end: number, into: DateFields): number {
  if (at + 10 > end || bytes[at + 4] !== MINUS || bytes[at + 7] !== MINUS) return -1;
  const century = twoDigits(bytes, at, end);
  const year = twoDigits(bytes, at + 2, end);
  const month = twoDigits(bytes, at + 5, end);
  const day = twoDigits(bytes, at + 8, end);
  if (century < 0 || year < 0 || month < 0 || day < 0) return -1;
  into.year = century * 100 + year;
  into.month = month;
  into.day = day;
  return at + 10;
}

function readTime(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: DateFields,
  mostHours: number,
): number {
  let at = start;
  let hour = 0;
  for (; at < end && at - start < mostHours; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    hour = hour * 10 + digit;
  }
  if (at === start || at >= end || bytes[at] !== COLON) return -1;
  into.hour = hour;
  into.minute = twoDigits(bytes, at + 1, end);
  if (into.minute < 0) return -1;
  at += 3;
  if (at >= end || bytes[at] !== COLON) return at;
  into.second = twoDigits(bytes, at + 1, end);
  if (into.second < 0) return -1;
  at += 3;
  if (at >= end || (bytes[at] !== POINT && bytes[at] !== COMMA)) return at;
  return readFraction(bytes, at + 1, end, into);
}

/** One to nine digits, of which the first three count. */
function readFraction(bytes: Uint8Array, start: number, end: number, into: DateFields): number {
  let at = start;
  let scale = 100;
  for (; at < end && at - start < 9; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    into.fraction += digit * Math.floor(scale);
    scale /= 10;
  }
  return at === start ? -1 : at;
}

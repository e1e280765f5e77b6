import { daysInMonth, daysOf, DAY_MS, HOUR_MS, LAST_YEAR, MINUTE_MS } from '../calendar.ts';
import type { DateToken, OffsetForm } from './date-tokens.ts';

/** What a text says. One object serves all cells. */
export type DateFields = {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** Milliseconds; finer digits are left out. */
  fraction: number;
  /** NaN: the text has no offset. */
  offsetMinutes: number;
  /** A time zone that the text names, or null. */
  zone: string | null;
};

/** Reads the text [start, end). False: it is not in the format. */
export type DateReader = (bytes: Uint8Array, start: number, end: number, into: DateFields) => boolean;

export function createFields(): DateFields {
  return {
    year: 1970,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    fraction: 0,
    offsetMinutes: Number.NaN,
    zone: null,
  };
}

export function resetFields(fields: DateFields): void {
  fields.year = 1970;
  fields.month = 1;
  fields.day = 1;
  fields.hour = 0;
  fields.minute = 0;
  fields.second = 0;
  fields.fraction = 0;
  fields.offsetMinutes = Number.NaN;
  fields.zone = null;
}

/** Whether there is such a day. */
export function isDay({ year, month, day }: DateFields): boolean {
  return (
    year >= 1 && year <= LAST_YEAR && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
  );
}

export function isTime({ minute, second }: DateFields): boolean {
  return minute < 60 && second < 60;
}

/** Milliseconds since 1970 of day and time as if they were UTC. */
export function localMs(fields: DateFields): number {
  return daysOf(fields.year, fields.month, fields.day) * DAY_MS + timeMs(fields);
}

export function timeMs({ hour, minute, second, fraction }: DateFields): number {
  return hour * HOUR_MS + minute * MINUTE_MS + second * 1000 + fraction;
}

/** A part reads from `at` on and returns the position after it, or NO_MATCH. */
type PartReader = (bytes: Uint8Array, at: number, end: number, into: DateFields) => number;

const NO_MATCH = -1;
const ZERO = 0x30;
const encoder = new TextEncoder();

export function compileReader(tokens: readonly DateToken[]): DateReader {
  const hasHalves = tokens.some(({ kind }) => kind === 'half_day');
  const parts = tokens.map(partReader);
  return (bytes, start, end, into) => {
    resetFields(into);
    half = 0;
    let at = start;
    for (let k = 0; k < parts.length; k++) {
      at = parts[k]!(bytes, at, end, into);
      if (at < 0) return false;
    }
    if (at !== end) return false;
    if (hasHalves) {
      if (into.hour < 1 || into.hour > 12) return false;
      into.hour = (into.hour % 12) + half;
    }
    return true;
  };
}

/** Hours before the half of the day that was read last. */
let half = 0;

function partReader(token: DateToken): PartReader {
  switch (token.kind) {
    case 'field':
      return digitReader(token);
    case 'month_name':
      return nameReader(token.names, (into, index) => {
        into.month = index + 1;
      });
    case 'half_day':
      return nameReader(['AM', 'PM'], (_, index) => {
        half = index * 12;
      });
    case 'offset':
      return offsetReader(token.form);
    case 'zone':
      return readZone;
    case 'text':
      return textReader(token.text);
  }
}

type Digits = Extract<DateToken, { kind: 'field' }>;

function digitReader({ name, least, most }: Digits): PartReader {
  const set = SETTERS[name];
  const scale = 10 ** Math.max(0, 3 - most);
  const cut = 10 ** Math.max(0, most - 3);
  return (bytes, at, end, into) => {
    let value = 0;
    let k = at;
    const stop = Math.min(end, at + most);
    for (; k < stop; k++) {
      const digit = bytes[k]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (k - at < least) return NO_MATCH;
    set(into, name === 'fraction' ? Math.floor((value * scale) / cut) : value);
    return k;
  };
}

const SETTERS: Readonly<Record<Digits['name'], (into: DateFields, value: number) => void>> = {
  year: (into, value) => void (into.year = value),
  year2: (into, value) => void (into.year = value < 70 ? 2000 + value : 1900 + value),
  month: (into, value) => void (into.month = value),
  day: (into, value) => void (into.day = value),
  hour: (into, value) => void (into.hour = value),
  hour12: (into, value) => void (into.hour = value),
  minute: (into, value) => void (into.minute = value),
  second: (into, value) => void (into.second = value),
  fraction: (into, value) => void (into.fraction = value),
};

/** In any letter case. Of names that begin alike, the longest is taken. */
function nameReader(names: readonly string[], set: (into: DateFields, index: number) => void): PartReader {
  const texts = names
    .map((name, index) => ({ bytes: encoder.encode(name.toLowerCase()), index }))
    .toSorted((a, b) => b.bytes.length - a.bytes.length);
  return (bytes, at, end, into) => {
    const found = texts.find(({ bytes: text }) => {
      if (at + text.length > end) return false;
      for (let k = 0; k < text.length; k++) if ((bytes[at + k]! | 0x20) !== text[k]) return false;
      return true;
    });
    if (found === undefined) return NO_MATCH;
    set(into, found.index);
    return at + found.bytes.length;
  };
}

function textReader(text: string): PartReader {
  const expected = encoder.encode(text);
  return (bytes, at, end) => {
    if (at + expected.length > end) return NO_MATCH;
    for (let k = 0; k < expected.length; k++) if (bytes[at + k] !== expected[k]) return NO_MATCH;
    return at + expected.length;
  };
}

const PLUS = 0x2b;
const MINUS = 0x2d;
const COLON = 0x3a;
const LETTER_Z = 0x5a;

function offsetReader({ letters, hasZ }: OffsetForm): PartReader {
  return (bytes, at, end, into) => {
    if (hasZ && at < end && bytes[at] === LETTER_Z) {
      into.offsetMinutes = 0;
      return at + 1;
    }
    return readOffset(bytes, at, end, into, letters === 3 ? 'colon' : letters === 2 ? 'joined' : 'short');
  };
}

const MAX_OFFSET_HOURS = 18;

/** Reads `+02:00` (colon), `+0200` (joined) or one of `+02` and `+0200` (short), or any of the three. */
export function readOffset(
  bytes: Uint8Array,
  at: number,
  end: number,
  into: DateFields,
  form: 'colon' | 'joined' | 'short' | 'any',
): number {
  const sign = bytes[at];
  if (at + 3 > end || (sign !== PLUS && sign !== MINUS)) return NO_MATCH;
  const hours = twoDigits(bytes, at + 1, end);
  let next = at + 3;
  let minutes = 0;
  const hasColon = next < end && bytes[next] === COLON;
  const hasMinutes = hasColon
    ? form === 'colon' || form === 'any'
    : form !== 'colon' && twoDigits(bytes, next, end) >= 0;
  if (hasMinutes) {
    if (hasColon) next++;
    minutes = twoDigits(bytes, next, end);
    next += 2;
  } else if (form === 'colon' || form === 'joined') {
    return NO_MATCH;
  }
  if (hours < 0 || minutes < 0 || hours > MAX_OFFSET_HOURS || minutes > 59) return NO_MATCH;
  into.offsetMinutes = (sign === MINUS ? -1 : 1) * (hours * 60 + minutes);
  return next;
}

/** -1: there are not two digits. */
export function twoDigits(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return -1;
  const tens = bytes[at]! - ZERO;
  const ones = bytes[at + 1]! - ZERO;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}

const LONGEST_ZONE = 64;

/** `UTC`, `GMT`, `Z`, or a name with a slash such as `Europe/Berlin`: abbreviations such as CST have several meanings. */
function readZone(bytes: Uint8Array, at: number, end: number, into: DateFields): number {
  let name = '';
  let k = at;
  for (; k < end && k - at < LONGEST_ZONE; k++) {
    const character = String.fromCharCode(bytes[k]!);
    if (!/[A-Za-z0-9_/+-]/.test(character)) break;
    name += character;
  }
  if (name === 'UTC' || name === 'GMT' || name === 'Z') into.offsetMinutes = 0;
  else if (name.includes('/')) into.zone = name;
  else return NO_MATCH;
  return k;
}

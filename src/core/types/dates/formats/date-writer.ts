import { type CivilDay, civilDay, DAY_MS, HOUR_MS, MINUTE_MS } from '../calendar.ts';
import type { DateToken, FieldName, OffsetForm } from './date-tokens.ts';

/** Writes a time (milliseconds since 1970, as if it were UTC) at `at`; `offsetMs` is what its zone has more than UTC. */
export type DateWriter = (localMs: number, offsetMs: number, to: Uint8Array, at: number) => number;

const ZERO = 0x30;
const encoder = new TextEncoder();

/** The day of the last date: neighbours in a file often have the same one. */
const civil: CivilDay = { year: 0, month: 0, day: 0 };
let civilDays = Number.NaN;

function setDay(days: number): void {
  if (days === civilDays) return;
  civilDay(days, civil);
  civilDays = days;
}

/** `2024-03-09` */
export function writeIsoDate(localMs: number, to: Uint8Array, at: number): number {
  setDay(Math.floor(localMs / DAY_MS));
  let out = writeDigits(civil.year, 4, to, at);
  to[out++] = 0x2d;
  out = writeDigits(civil.month, 2, to, out);
  to[out++] = 0x2d;
  return writeDigits(civil.day, 2, to, out);
}

/** `2024-03-09T08:05:00.000` */
export function writeIsoDatetime(localMs: number, to: Uint8Array, at: number): number {
  const days = Math.floor(localMs / DAY_MS);
  let out = writeIsoDate(localMs, to, at);
  to[out++] = 0x54;
  const time = localMs - days * DAY_MS;
  out = writeClock(time, 2, to, out);
  to[out++] = 0x2e;
  return writeDigits(time % 1000, 3, to, out);
}

/** `08:05:00`, and milliseconds if there are any. `hourDigits`: of all times of a column, so that they sort. */
export function writeIsoTime(timeMs: number, hourDigits: number, to: Uint8Array, at: number): number {
  const out = writeClock(timeMs, hourDigits, to, at);
  if (timeMs % 1000 === 0) return out;
  to[out] = 0x2e;
  return writeDigits(timeMs % 1000, 3, to, out + 1);
}

function writeClock(timeMs: number, hourDigits: number, to: Uint8Array, at: number): number {
  const seconds = Math.floor(timeMs / 1000);
  let out = writeDigits(Math.floor(seconds / 3600), hourDigits, to, at);
  to[out++] = 0x3a;
  out = writeDigits(Math.floor(seconds / 60) % 60, 2, to, out);
  to[out++] = 0x3a;
  return writeDigits(seconds % 60, 2, to, out);
}

function writeDigits(value: number, least: number, to: Uint8Array, at: number): number {
  let count = least;
  for (let limit = 10 ** least; value >= limit; limit *= 10) count++;
  let rest = value;
  for (let k = at + count - 1; k >= at; k--) {
    to[k] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return at + count;
}

/** A whole number in decimal digits. */
export function writeWhole(value: number, to: Uint8Array, at: number): number {
  if (value >= 0) return writeDigits(value, 1, to, at);
  to[at] = 0x2d;
  return writeDigits(-value, 1, to, at + 1);
}

/** `zoneName`: what the token `z` writes; null: the times have no day, and may have 24 hours and more. */
export function compileWriter(tokens: readonly DateToken[], zoneName: string | null): DateWriter {
  const parts = tokens.map((token) => partWriter(token, zoneName ?? ''));
  return (localMs, offsetMs, to, at) => {
    const days = zoneName === null ? 0 : Math.floor(localMs / DAY_MS);
    setDay(days);
    const time = localMs - days * DAY_MS;
    let out = at;
    for (const part of parts) out = part(time, offsetMs, to, out);
    return out;
  };
}

function partWriter(token: DateToken, zoneName: string): DateWriter {
  switch (token.kind) {
    case 'field': {
      const value = VALUES[token.name];
      if (token.name === 'fraction') return fractionWriter(token.most);
      return (time, _, to, at) => writeDigits(value(time), token.least, to, at);
    }
    case 'month_name':
      return textWriter(token.names, () => civil.month - 1);
    case 'half_day':
      return textWriter(['AM', 'PM'], (time) => (time < 12 * HOUR_MS ? 0 : 1));
    case 'zone':
      return textWriter([zoneName], () => 0);
    case 'text':
      return textWriter([token.text], () => 0);
    case 'offset':
      return offsetWriter(token.form);
  }
}

const VALUES: Readonly<Record<FieldName, (time: number) => number>> = {
  year: () => civil.year,
  year2: () => civil.year % 100,
  month: () => civil.month,
  day: () => civil.day,
  hour: (time) => Math.floor(time / HOUR_MS),
  hour12: (time) => ((Math.floor(time / HOUR_MS) + 11) % 12) + 1,
  minute: (time) => Math.floor(time / MINUTE_MS) % 60,
  second: (time) => Math.floor(time / 1000) % 60,
  fraction: (time) => time % 1000,
};

function fractionWriter(digits: number): DateWriter {
  return (time, _, to, at) => {
    const ms = time % 1000;
    if (digits <= 3) return writeDigits(Math.floor(ms / 10 ** (3 - digits)), digits, to, at);
    return writeDigits(ms * 10 ** (digits - 3), digits, to, at);
  };
}

/** Texts of a format stand in a JSON string. */
function textWriter(texts: readonly string[], pick: (time: number) => number): DateWriter {
  const encoded = texts.map((text) => encoder.encode(JSON.stringify(text).slice(1, -1)));
  return (time, _, to, at) => {
    const text = encoded[pick(time)]!;
    for (let k = 0; k < text.length; k++) to[at + k] = text[k]!;
    return at + text.length;
  };
}

function offsetWriter({ letters, hasZ }: OffsetForm): DateWriter {
  return (_, offsetMs, to, at) => {
    if (hasZ && offsetMs === 0) {
      to[at] = 0x5a;
      return at + 1;
    }
    // Offsets of seconds were used before 1972: no format has room for them.
    const minutes = Math.floor(Math.abs(offsetMs) / MINUTE_MS);
    to[at] = offsetMs < 0 ? 0x2d : 0x2b;
    let out = writeDigits(Math.floor(minutes / 60), 2, to, at + 1);
    if (letters === 1 && minutes % 60 === 0) return out;
    if (letters === 3) to[out++] = 0x3a;
    return writeDigits(minutes % 60, 2, to, out);
  };
}

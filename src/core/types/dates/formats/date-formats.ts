import type { CellOptions } from '../../cell-options.ts';
import { assert } from '../../../assert.ts';
import { END_MS, FIRST_MS } from '../calendar.ts';
import {
  compileReader,
  createFields,
  type DateFields,
  type DateReader,
  isDay,
  isTime,
} from './date-reader.ts';
import { type DateToken, dateTokens } from './date-tokens.ts';
import { readIsoDate, readIsoDatetime, readIsoTime } from '../iso-reader.ts';

/** Formats that have a name: `iso`, and for dates and datetimes the seconds or milliseconds since 1970. */
export const EPOCHS: Readonly<Record<string, number>> = { epoch_s: 1000, epoch_ms: 1 };

export type DateKind = 'date' | 'time' | 'datetime';

const ISO: Readonly<Record<DateKind, DateReader>> = {
  date: readIsoDate,
  time: readIsoTime,
  datetime: readIsoDatetime,
};

/** The tokens of a format that the document has been checked for. */
export function tokensOf(format: string): readonly DateToken[] {
  const tokens = dateTokens(format);
  assert('length' in tokens, `The format ${JSON.stringify(format)} was checked with the document.`);
  return tokens;
}

/** Reads a text by the formats of a column: its fields, or an instant in milliseconds; null if none of them fits. */
export type FormatsReader = {
  read(bytes: Uint8Array, start: number, end: number): 'fields' | 'instant' | null;
  readonly fields: DateFields;
  readonly instantMs: number;
};

export function compileFormats(kind: DateKind, { formats }: CellOptions): FormatsReader {
  const fields = createFields();
  let instantMs = 0;
  const readers = formats.map((format) => ({
    epoch: EPOCHS[format] ?? null,
    read: format === 'iso' ? ISO[kind] : format in EPOCHS ? readNothing : compileReader(tokensOf(format)),
  }));
  return {
    fields,
    get instantMs() {
      return instantMs;
    },
    read(bytes, start, end) {
      for (let k = 0; k < readers.length; k++) {
        const { epoch, read } = readers[k]!;
        if (epoch !== null) {
          instantMs = readEpoch(bytes, start, end, epoch);
          if (!Number.isNaN(instantMs)) return 'instant';
        } else if (read(bytes, start, end, fields) && isDay(fields) && isTime(fields)) {
          return 'fields';
        }
      }
      return null;
    },
  };
}

const readNothing: DateReader = () => false;

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
/** More than any instant up to the year 9999 has. */
const MAX_DIGITS = 15;

/** `1700000000`, `-5`, `1700000000.123`: NaN if it is no such number, or beyond the years 1 to 9999. */
function readEpoch(bytes: Uint8Array, start: number, end: number, unitMs: number): number {
  const isNegative = bytes[start] === MINUS;
  let at = isNegative ? start + 1 : start;
  const first = at;
  let whole = 0;
  for (; at < end && at - first < MAX_DIGITS; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    whole = whole * 10 + digit;
  }
  if (at === first) return Number.NaN;
  let fraction = 0;
  if (at < end && bytes[at] === POINT) {
    let scale = unitMs / 10;
    const firstDigit = ++at;
    for (; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      if (scale >= 1) fraction += digit * scale;
      scale /= 10;
    }
    if (at === firstDigit) return Number.NaN;
  }
  if (at !== end) return Number.NaN;
  const ms = whole * unitMs + fraction;
  const instant = isNegative ? -ms : ms;
  return instant >= FIRST_MS && instant < END_MS ? instant : Number.NaN;
}

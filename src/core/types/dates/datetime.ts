import type { CellOptions } from '../cell-options.ts';
import { type ColumnType, excerptOf, refuse, type Refusal } from '../column-type.ts';
import { END_MS, FIRST_MS, MINUTE_MS } from './calendar.ts';
import { compileFormats } from './formats/date-formats.ts';
import { type DateFields, localMs } from './formats/date-reader.ts';
import { compileStore, type Moment, storeTag } from './date-store.ts';
import { AMBIGUOUS, namedZone, type TimeZone, timeZone } from './time-zone.ts';

/** An instant: a text with an offset, or a local time in the column's time zone; or with `local` a local time that stays one. */
export const datetime: ColumnType = {
  tagOf: storeTag,
  mayBeKey: true,
  options: ['format', 'time_zone', 'store', 'min', 'max'],
  compile(options) {
    const formats = compileFormats('datetime', options);
    const store = compileStore('datetime', options);
    const instantOf = compileInstant(options);
    const zone = namedZone(options.time_zone);
    const shown = options.formats.join(', ');
    const moment: Moment = { instantMs: 0, localMs: 0 };
    return (result, from, start, end, at) => {
      const read = formats.read(from.bytes, start, end);
      if (read === null || (read === 'fields' && formats.fields.hour > LAST_HOUR)) {
        const text = excerptOf(from.bytes, start, end);
        return refuse(result, 'datetime-invalid', `${text} is not a datetime (format: ${shown})`);
      }
      const instant = read === 'instant' ? formats.instantMs : instantOf(formats.fields);
      if (typeof instant !== 'number') {
        return refuse(result, instant.code, `${excerptOf(from.bytes, start, end)} ${instant.reason}`);
      }
      moment.instantMs = instant;
      moment.localMs = zone === null ? instant : instant + zone.offsetAt(instant);
      result.instantMs = instant;
      return store.write(result, from, start, end, moment, at);
    };
  },
};

const LAST_HOUR = 23;
const NO_ZONE: Refusal = {
  code: 'datetime-without-zone',
  reason: 'has no offset from UTC, and its column no time_zone',
};
const HAS_OFFSET: Refusal = {
  code: 'datetime-invalid',
  reason: 'has an offset from UTC or a zone, and its column time_zone: local',
};
const UNKNOWN_ZONE: Refusal = { code: 'datetime-invalid', reason: 'names a time zone that is not known' };
const OTHER_YEAR: Refusal = { code: 'datetime-invalid', reason: 'is not in the years 1 to 9999 of UTC' };

/** Milliseconds since 1970 in UTC; of a column of local times, as if they were UTC. */
function compileInstant({ time_zone }: CellOptions): (fields: DateFields) => number | Refusal {
  const isLocal = time_zone === 'local';
  const zone = namedZone(time_zone);
  return (fields) => {
    const local = localMs(fields);
    const hasOffset = !Number.isNaN(fields.offsetMinutes);
    if (isLocal) return hasOffset || fields.zone !== null ? HAS_OFFSET : local;
    if (hasOffset) return checkYear(local - fields.offsetMinutes * MINUTE_MS);
    if (fields.zone !== null) return inZone(timeZone(fields.zone), fields.zone, local);
    return zone === null ? NO_ZONE : inZone(zone, time_zone!, local);
  };
}

function inZone(zone: TimeZone | null, name: string, local: number): number | Refusal {
  if (zone === null) return UNKNOWN_ZONE;
  const instant = zone.instantOf(local);
  if (Number.isFinite(instant)) return checkYear(instant);
  const often = instant === AMBIGUOUS ? 'twice' : 'never';
  return { code: 'datetime-ambiguous', reason: `is shown ${often} by the clocks of ${name}` };
}

function checkYear(instant: number): number | Refusal {
  return instant >= FIRST_MS && instant < END_MS ? instant : OTHER_YEAR;
}

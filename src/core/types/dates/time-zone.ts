import { assert } from '../../assert.ts';
import { DAY_MS, daysOf } from './calendar.ts';

/*
 * Time zones by `Intl`, whose zone data every Node has. Temporal's polyfill asks the same data, takes 50 KB, and would have to be
 * loaded before anything is compiled. Its answers are what the tests compare with.
 */
export type TimeZone = {
  /** What the zone's clocks show, less UTC, in milliseconds. */
  offsetAt(ms: number): number;
  /** The instant at which the zone's clocks show a time (as if it were UTC), SKIPPED or AMBIGUOUS. */
  instantOf(localMs: number): number;
};

/** The zone's clocks never show the time, or they show it twice. */
export const SKIPPED = Number.NaN;
export const AMBIGUOUS = Number.POSITIVE_INFINITY;

/** Names come from documents, but with the token `z` from cells as well. */
const MAX_ZONES = 200;
const zones = new Map<string, TimeZone | null>();

/** null: there is no such zone. Offsets such as `+02:00` are zones as well. */
export function timeZone(name: string): TimeZone | null {
  const known = zones.get(name);
  if (known !== undefined) return known;
  if (zones.size >= MAX_ZONES) zones.clear();
  const zone = createZone(name);
  zones.set(name, zone);
  return zone;
}

/**
 * Of a zone, the offsets are kept at the beginnings of spans of four days (44 years of them), and of days in spans in which the offset
 * changes. No zone changes its offset and changes it back within a span: the shortest time was a week, in Brazil in 2000.
 */
const KEPT_SPANS = 4096;
const KEPT_DAYS = 1024;
const SPAN_SHIFT = 2;
/** Before and after, the offset of these days stands for others: `Intl` writes years before 1 in another way. */
const FIRST_DAY = daysOf(1800, 1, 1);
const LAST_DAY = daysOf(9999, 1, 1);

function createZone(name: string): TimeZone | null {
  let formatter: Intl.DateTimeFormat;
  try {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return null;
  }
  const spans = createCache(KEPT_SPANS, (span) => askOffset(span * 2 ** SPAN_SHIFT * DAY_MS));
  const days = createCache(KEPT_DAYS, (day) => askOffset(day * DAY_MS));
  return { offsetAt, instantOf };

  function offsetAt(ms: number): number {
    const day = Math.floor(ms / DAY_MS);
    const before = offsetOfDay(day);
    return before === offsetOfDay(day + 1) ? before : askOffset(ms);
  }

  function instantOf(localMs: number): number {
    const day = Math.floor(localMs / DAY_MS);
    const before = offsetOfDay(day - 1);
    const after = offsetOfDay(day + 2);
    if (before === after) return localMs - before;
    const earlier = offsetAt(localMs - DAY_MS);
    const later = offsetAt(localMs + DAY_MS);
    const isEarlier = offsetAt(localMs - earlier) === earlier;
    if (earlier === later) return isEarlier ? localMs - earlier : SKIPPED;
    const isLater = offsetAt(localMs - later) === later;
    if (isEarlier && isLater) return AMBIGUOUS;
    return isEarlier ? localMs - earlier : isLater ? localMs - later : SKIPPED;
  }

  /** At the day's beginning in UTC. */
  function offsetOfDay(wanted: number): number {
    const day = Math.min(Math.max(wanted, FIRST_DAY), LAST_DAY);
    const span = day >> SPAN_SHIFT;
    const before = spans(span);
    return before === spans(span + 1) ? before : days(day);
  }

  function askOffset(ms: number): number {
    const [month, day, year, hour, minute, second] = formatter.format(ms).match(/\d+/g)!.map(Number);
    const local = daysOf(year!, month!, day!) * DAY_MS + ((hour! * 60 + minute!) * 60 + second!) * 1000;
    return local - Math.floor(ms / 1000) * 1000;
  }
}

/** Keeps the results of a function of whole numbers, each in the place of its lowest bits. */
function createCache(size: number, ask: (key: number) => number): (key: number) => number {
  const keys = new Int32Array(size).fill(0x7fff_ffff);
  const values = new Float64Array(size);
  return (key) => {
    const slot = key & (size - 1);
    if (keys[slot] !== key) {
      values[slot] = ask(key);
      keys[slot] = key;
    }
    return values[slot]!;
  };
}

/** The zone of a column: null if it has none, or keeps local times. */
export function namedZone(name: string | null): TimeZone | null {
  if (name === null || name === 'local') return null;
  const zone = timeZone(name);
  assert(zone !== null, `The time zone ${JSON.stringify(name)} was checked with the document.`);
  return zone;
}

/** The first instant of a day, which begins at `localMs`: where the clocks are set forward at midnight, it begins later. */
export function startOfDay(zone: TimeZone, localMs: number): number {
  const instant = zone.instantOf(localMs);
  return Number.isFinite(instant) ? instant : localMs - zone.offsetAt(localMs - DAY_MS);
}

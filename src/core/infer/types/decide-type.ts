import type { ColumnSpec } from '../../types/column-spec.ts';
import type { ColumnTypeName } from '../../types/column-types.ts';
import type { InferredColumn } from '../inference.ts';
import type { ColumnFacts, Kind } from './column-facts.ts';
import { dateFormats } from './date-facts.ts';
import { NOTATIONS } from './number-facts.ts';

type Decision = { readonly spec: ColumnSpec | null; readonly note: string | null };

const STRING: Decision = { spec: null, note: null };
/** Names of what is a name itself, though it has digits only: their last word. */
const IDENTIFIERS =
  /(^|[^a-z])(ids?|uuid|guid|key|code|zip|zipcode|postcode|plz|phone|telephone|tel|mobile|fax|sku|isbn|ean|upc|gtin|iban|bic|account|ssn|vin|fips|no|nr|#)$/;
const BOOLEANS: readonly (readonly [string, string])[] = [
  ['true', 'false'],
  ['yes', 'no'],
  ['t', 'f'],
  ['y', 'n'],
  ['ja', 'nein'],
  ['oui', 'non'],
  ['si', 'no'],
  ['sí', 'no'],
  ['on', 'off'],
];
const DEFAULT_WORDS = 4;

/** The decimal mark that some column of the file has for sure; null: none says. */
export function certainDecimal(columns: readonly ColumnFacts[]): '.' | ',' | null {
  const marks = new Set(
    columns
      .filter((facts) => isAll(facts, facts.numbers.count) && facts.numbers.mask !== 0)
      .map(
        ({ numbers }) =>
          new Set(
            NOTATIONS.filter((_, bit) => (numbers.mask & (1 << bit)) !== 0).map(({ decimal }) => decimal),
          ),
      )
      .filter((possible) => possible.size === 1)
      .map((possible) => [...possible][0]!),
  );
  return marks.size === 1 ? [...marks][0]! : null;
}

/** The type that every value of a column has; a string if there is none, or if it would be a guess. */
export function decideType(name: string, facts: ColumnFacts, decimal: '.' | ',' | null): InferredColumn {
  const nullCount = [...facts.nullWords.values()].reduce((sum, count) => sum + count, 0);
  const { spec, note } = facts.values === nullCount ? STRING : decide(name, facts, decimal);
  const isTyped = spec !== null && spec.type !== undefined;
  const words = isTyped ? [...facts.nullWords.keys()].toSorted() : [];
  const values = facts.values - nullCount;
  const [nearest, count] = nearestType(facts);
  const isNumber = spec?.type === 'number' || spec?.type === 'integer';
  const { least, greatest } = isNumber
    ? { least: facts.numbers.least?.text, greatest: facts.numbers.greatest?.text }
    : isTyped
      ? dateRange(facts)
      : { least: undefined, greatest: undefined };
  return {
    name,
    spec: words.length === 0 ? spec : { ...spec, null_values: ['', ...words] },
    type: spec?.type ?? 'string',
    evidence: {
      values: isTyped ? values : facts.values,
      nulls: facts.empties + (isTyped ? nullCount : 0),
      nullWords: words,
      nearest: isTyped ? spec.type : nearest,
      share: values === 0 ? 0 : isTyped ? 1 : count / values,
      range:
        least === undefined || least === null || greatest === undefined || greatest === null
          ? null
          : { least, greatest },
      distinct: facts.distinct.estimate(),
      longest: facts.longest,
      counterexample: isTyped || nearest === null ? null : (facts.misses.get(kindOf(nearest)) ?? null),
    },
    note,
  };
}

function dateRange({ isoDates, leastIso, greatestIso, dates }: ColumnFacts): {
  readonly least: string | null;
  readonly greatest: string | null;
} {
  if (isoDates === 0) return dates;
  const text = (day: number): string =>
    String(day)
      .padStart(8, '0')
      .replace(/(....)(..)(..)/, '$1-$2-$3');
  const [least, greatest] = [text(leastIso), text(greatestIso)];
  return {
    least: dates.least !== null && dates.least < least ? dates.least : least,
    greatest: dates.greatest !== null && dates.greatest > greatest ? dates.greatest : greatest,
  };
}

function decide(name: string, facts: ColumnFacts, decimal: '.' | ',' | null): Decision {
  if (isAll(facts, facts.isoTimes)) return time(facts);
  if (isAll(facts, facts.isoDates)) return { spec: { type: 'date' }, note: null };
  if (isAll(facts, facts.isoDatetimes)) return isoDatetime(facts, false);
  if (isAll(facts, facts.isoDates + facts.isoDatetimes) && facts.offsets === 0)
    return isoDatetime(facts, true);
  if (isAll(facts, facts.numbers.count)) return number(name, facts, decimal);
  if (isAll(facts, facts.dates.count + facts.isoDates)) return otherDate(facts);
  if (isAll(facts, facts.jsons)) return { spec: { type: 'json' }, note: null };
  return boolean(facts);
}

function isAll(facts: ColumnFacts, count: number): boolean {
  let nulls = 0;
  for (const each of facts.nullWords.values()) nulls += each;
  return count > 0 && count === facts.values - nulls;
}

function time({ mostHours }: ColumnFacts): Decision {
  if (mostHours < 24) return { spec: { type: 'time' }, note: null };
  const days = Math.ceil((mostHours + 1) / 24);
  return {
    spec: { type: 'time', max: `${days * 24 - 1}:59:59` },
    note: 'some times are after midnight of the same service day, as in timetables',
  };
}

const NO_ZONE =
  'no offset from UTC: "local" keeps it as it is. If you know the time zone, write for example time_zone: Europe/Berlin';

function isoDatetime(facts: ColumnFacts, hasDays: boolean): Decision {
  if (facts.offsets > 0 && facts.offsets < facts.isoDatetimes) {
    return {
      spec: null,
      note: 'some datetimes have an offset from UTC and some have none. If those mean UTC, write { type: datetime, time_zone: UTC }',
    };
  }
  const format = hasDays ? { format: ['iso', 'yyyy-MM-dd'] } : {};
  if (facts.offsets > 0) return { spec: { type: 'datetime', ...format }, note: null };
  return { spec: { type: 'datetime', ...format, time_zone: 'local' }, note: NO_ZONE };
}

const SEVERAL_FORMS =
  'dates in several forms, or with day and month in different orders. Write their formats: { type: date, format: [...] }';

function otherDate({ dates, isoDates }: ColumnFacts): Decision {
  const formats = dateFormats(dates);
  const [only] = formats;
  if (only === undefined)
    return {
      spec: null,
      note: SEVERAL_FORMS,
    };
  if (formats.length > 1) {
    const type = only.isTime ? 'datetime' : 'date';
    const choices = formats.map(({ format }) => JSON.stringify(format)).join(' or ');
    return {
      spec: null,
      note: `day and month cannot be told apart. Write { type: ${type}, format: … } with ${choices}`,
    };
  }
  if (!only.isTime) {
    // yyyy-M-d reads ISO's dates, too.
    const format = isoDates === 0 || only.format.startsWith('yyyy-') ? [only.format] : [only.format, 'iso'];
    return { spec: { type: 'date', format }, note: null };
  }
  if (isoDates > 0) return { spec: null, note: SEVERAL_FORMS };
  const spec = { type: 'datetime', format: [only.format] } as const;
  if (only.format.endsWith("'UTC'")) return { spec: { ...spec, time_zone: 'UTC' }, note: null };
  return only.hasZone ? { spec, note: null } : { spec: { ...spec, time_zone: 'local' }, note: NO_ZONE };
}

function number(name: string, { numbers, longest }: ColumnFacts, decimal: '.' | ',' | null): Decision {
  const type = numbers.wholes === numbers.count ? 'integer' : 'number';
  if (numbers.hasLeadingZero)
    return { spec: null, note: 'digits with leading zeros, which a number would lose' };
  if (numbers.isTooLong) return { spec: null, note: 'digits beyond the 38 that DynamoDB stores of a number' };
  if (type === 'integer' && IDENTIFIERS.test(wordsOf(name))) {
    return {
      spec: null,
      note: 'the name says that it identifies something. If you compute with it, write integer',
    };
  }
  const possible = NOTATIONS.filter((_, bit) => (numbers.mask & (1 << bit)) !== 0);
  if (possible.length === 0) return { spec: null, note: 'numbers with different decimal marks' };
  const hasMarks = numbers.mask !== (1 << NOTATIONS.length) - 1;
  const isPlain = (numbers.mask & 1) !== 0 && decimal !== ',';
  const fitting =
    hasMarks && !isPlain && decimal !== null ? possible.filter((each) => each.decimal === decimal) : possible;
  const [notation] = fitting;
  if (notation === undefined)
    return { spec: null, note: 'numbers with another decimal mark than those of the other columns' };
  if (hasMarks && !isPlain && new Set(fitting.map((each) => each.decimal)).size > 1) {
    return {
      spec: null,
      note: 'a comma could be the decimal mark, or stand between thousands. Write { type: number, decimal: "," } or { type: number, thousands: "," }',
    };
  }
  const chosen =
    notation.decimal === '.' && notation.thousands === null
      ? notation
      : (fitting.find((each) => each.thousands !== null && isNeeded(each)) ?? notation);
  const negative = numbers.hasTrailingMinus ? 'trailing' : numbers.hasParentheses ? 'parentheses' : null;
  if (numbers.hasTrailingMinus && numbers.hasParentheses)
    return { spec: null, note: 'negative numbers in several forms' };
  const signs = [...numbers.signs].toSorted();
  const hasSpace = longest > 0 && signs.length > 0;
  const isPercent = signs.includes('%');
  return {
    spec: {
      type: numbers.mask === 1 || type === 'integer' ? type : 'number',
      ...(hasMarks && chosen.decimal === ',' ? { decimal: ',' } : {}),
      ...(hasMarks && chosen.thousands !== null ? { thousands: [chosen.thousands] } : {}),
      ...(hasSpace ? { strip: signs } : {}),
      ...(negative === null ? {} : { negative }),
    },
    note: isPercent ? 'percentages: with divide: 100, 12.5% is 0.125' : null,
  };

  /** Thousands are declared only where a value has them. */
  function isNeeded({ decimal, thousands }: (typeof NOTATIONS)[number]): boolean {
    const without = NOTATIONS.findIndex((each) => each.decimal === decimal && each.thousands === null);
    return thousands !== null && (numbers.mask & (1 << without)) === 0;
  }
}

function wordsOf(name: string): string {
  return name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .trim();
}

function boolean({ words }: ColumnFacts): Decision {
  if (words === null || words.size === 0 || words.size > 2) return STRING;
  const index = BOOLEANS.findIndex((pair) => [...words].every((word) => pair.includes(word)));
  const pair = BOOLEANS[index];
  if (pair === undefined || (words.size === 1 && index > 1)) return STRING;
  if (index < DEFAULT_WORDS) return { spec: { type: 'boolean' }, note: null };
  return { spec: { type: 'boolean', true_values: [pair[0]], false_values: [pair[1]] }, note: null };
}

function nearestType(facts: ColumnFacts): readonly [ColumnTypeName | null, number] {
  const { numbers, isoDatetimes, isoDates, isoTimes, jsons, dates } = facts;
  const counts: readonly (readonly [ColumnTypeName, number])[] = [
    [numbers.wholes === numbers.count ? 'integer' : 'number', numbers.count],
    ['datetime', isoDatetimes],
    ['date', Math.max(isoDates, dates.count - isoDatetimes)],
    ['time', isoTimes],
    ['json', jsons],
  ];
  const [type, count] = counts.reduce((best, each) => (each[1] > best[1] ? each : best));
  return count * 2 > facts.values ? [type, count] : [null, 0];
}

function kindOf(type: ColumnTypeName): Kind {
  if (type === 'number' || type === 'integer') return 'number';
  return type === 'json' ? 'json' : 'date';
}

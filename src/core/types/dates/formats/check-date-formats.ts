import { commonText } from '../../patterns/common-text.ts';
import { type DateKind, EPOCHS } from './date-formats.ts';
import { type DateToken, dateTokens, type FormatProblem } from './date-tokens.ts';

/** What is wrong with a format of a column of this type, or null. */
export function checkDateFormat(format: string, kind: DateKind): FormatProblem | null {
  if (format === 'iso' || (kind !== 'time' && format in EPOCHS)) return null;
  const tokens = dateTokens(format);
  if (!('length' in tokens)) return tokens;
  const text = missingPart(partsOf(tokens), kind);
  return text === null ? null : { text, suggestion: null };
}

/** What is wrong with what a column stores, or null: a format may then leave parts out. */
export function checkDateStore(store: string, kind: DateKind): FormatProblem | null {
  if (store === 'iso' || store === 'text' || (kind !== 'time' && store in EPOCHS)) return null;
  const tokens = dateTokens(store);
  if (!('length' in tokens)) return tokens;
  const parts = partsOf(tokens);
  const isForeign =
    (kind === 'date' && (parts.has('hour') || parts.has('offset'))) ||
    (kind === 'time' && (parts.has('day') || parts.has('month') || parts.has('year') || parts.has('offset')));
  return isForeign ? { text: `a ${kind} does not have all of its parts`, suggestion: null } : null;
}

/** Whether a text in this format says what it is in UTC. */
export function hasOffset(format: string): boolean {
  if (format === 'iso' || format in EPOCHS) return true;
  const tokens = dateTokens(format);
  return 'length' in tokens && partsOf(tokens).has('offset');
}

/** Two formats of a column that read the same text, with such a text; null: each text fits one format at most. */
export function checkDateFormats(
  formats: readonly string[],
  kind: DateKind,
): { readonly formats: readonly [string, string]; readonly text: string } | null {
  const alphabet = `12345678900abcdefghijklmnopqrstuvwxyzTZ :.,/+-_${formats.join('')}`;
  for (const [index, format] of formats.entries()) {
    for (const earlier of formats.slice(0, index)) {
      const text = commonText(patternOf(earlier, kind), patternOf(format, kind), alphabet);
      if (text !== null) return { formats: [earlier, format], text };
    }
  }
  return null;
}

type Part =
  | 'year'
  | 'month'
  | 'day'
  | 'hour'
  | 'minute'
  | 'second'
  | 'fraction'
  | 'half_day'
  | 'hour12'
  | 'offset';

function partsOf(tokens: readonly DateToken[]): ReadonlySet<Part> {
  return new Set(
    tokens.flatMap((token): readonly Part[] => {
      switch (token.kind) {
        case 'field':
          return token.name === 'year2'
            ? ['year']
            : token.name === 'hour12'
              ? ['hour', 'hour12']
              : [token.name];
        case 'month_name':
          return ['month'];
        case 'offset':
        case 'zone':
          return ['offset'];
        case 'half_day':
          return ['half_day'];
        case 'text':
          return [];
      }
    }),
  );
}

function missingPart(parts: ReadonlySet<Part>, kind: DateKind): string | null {
  const hasDay = parts.has('year') && parts.has('month') && parts.has('day');
  if (kind !== 'time' && !hasDay) return `a ${kind} needs a year, a month and a day`;
  if (
    kind === 'time' &&
    (parts.has('year') || parts.has('month') || parts.has('day') || parts.has('offset'))
  ) {
    return 'a time has no day and no offset; use type: datetime';
  }
  if (kind === 'time' && !parts.has('hour')) return 'a time needs hours';
  if (kind === 'date' && (parts.has('hour') || parts.has('offset'))) {
    return 'a date has no time; use type: datetime';
  }
  if (parts.has('hour12') !== parts.has('half_day'))
    return "'h' and 'a' need each other; hours of 0 to 23 are 'H'";
  if (parts.has('minute') && !parts.has('hour')) return 'minutes need hours';
  if (parts.has('second') && !parts.has('minute')) return 'seconds need minutes';
  if (parts.has('fraction') && !parts.has('second')) return 'a fraction needs seconds';
  return null;
}

const DIGITS: Readonly<Record<string, string>> = {
  year4: '[0-9]{4}',
  year22: '[0-9]{2}',
  month1: '(?:0?[1-9]|1[0-2])',
  month2: '(?:0[1-9]|1[0-2])',
  day1: '(?:0?[1-9]|[12][0-9]|3[01])',
  day2: '(?:0[1-9]|[12][0-9]|3[01])',
  hour1: '[0-9]{1,2}',
  hour2: '[0-9]{2}',
  hour121: '(?:0?[1-9]|1[0-2])',
  hour122: '(?:0[1-9]|1[0-2])',
  minute1: '[0-5]?[0-9]',
  minute2: '[0-5][0-9]',
  second1: '[0-5]?[0-9]',
  second2: '[0-5][0-9]',
};
const ISO_DAY = `[0-9]{4}-${DIGITS['month2']}-${DIGITS['day2']}`;
const ISO_CLOCK = '(?::[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?)';
const ISO: Readonly<Record<DateKind, string>> = {
  date: ISO_DAY,
  time: `[0-9]{1,3}${ISO_CLOCK}`,
  datetime: `${ISO_DAY}[T ][0-9]{1,2}${ISO_CLOCK}(?: ?(?:Z|[+-][0-9]{2}(?::?[0-5][0-9])?))?`,
};

/** The texts of a format as a pattern, in any letter case. */
function patternOf(format: string, kind: DateKind): string {
  if (format === 'iso') return `(?i)${ISO[kind]}`;
  if (format in EPOCHS) return '-?[0-9]{1,15}(?:\\.[0-9]+)?';
  const tokens = dateTokens(format);
  return `(?i)${'length' in tokens ? tokens.map(tokenPattern).join('') : ''}`;
}

function tokenPattern(token: DateToken): string {
  switch (token.kind) {
    case 'field':
      return token.name === 'fraction' ? `[0-9]{${token.least}}` : DIGITS[token.name + token.least]!;
    case 'month_name':
      return `(?:${token.names.join('|')})`;
    case 'half_day':
      return '(?:AM|PM)';
    case 'zone':
      return '[a-z0-9_/+-]{1,64}';
    case 'text':
      return token.text.replaceAll(/[\^$\\.*+?()[\]{}|/]/g, '\\$&');
    case 'offset': {
      const { letters, hasZ } = token.form;
      const minutes = letters === 1 ? '(?:[0-5][0-9])?' : letters === 2 ? '[0-5][0-9]' : ':[0-5][0-9]';
      return `(?:${hasZ ? 'Z|' : ''}[+-][0-9]{2}${minutes})`;
    }
  }
}

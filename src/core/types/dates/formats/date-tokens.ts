import { MONTHS } from '../calendar.ts';

/**
 * A date format in parts: fields, and texts between them. The letters are those of Unicode TR 35, "Date Format Patterns", as in Java,
 * DuckDB's and Snowflake's relatives and `date-fns`.
 */
export type DateToken =
  | { readonly kind: 'field'; readonly name: FieldName; readonly least: number; readonly most: number }
  | { readonly kind: 'month_name'; readonly names: readonly string[] }
  | { readonly kind: 'offset'; readonly form: OffsetForm }
  | { readonly kind: 'half_day' }
  | { readonly kind: 'zone' }
  | { readonly kind: 'text'; readonly text: string };

/** Of digits. `year2` is 1970 to 2069; `hour12` needs the half of the day; `fraction` is of a second. */
export type FieldName =
  | 'year'
  | 'year2'
  | 'month'
  | 'day'
  | 'hour'
  | 'hour12'
  | 'minute'
  | 'second'
  | 'fraction';

/** `X` letters read and write `Z` for UTC, `x` letters do not. One letter: `+02` or `+0530`, two: `+0200`, three: `+02:00`. */
export type OffsetForm = { readonly letters: 1 | 2 | 3; readonly hasZ: boolean };

const SHORT_MONTHS = MONTHS.map((name) => name.slice(0, 3));
const MAX_FRACTION = 9;

const field = (name: FieldName, least: number, most: number): DateToken => ({
  kind: 'field',
  name,
  least,
  most,
});

const TOKENS: Readonly<Record<string, DateToken>> = {
  yyyy: field('year', 4, 4),
  yy: field('year2', 2, 2),
  M: field('month', 1, 2),
  MM: field('month', 2, 2),
  MMM: { kind: 'month_name', names: SHORT_MONTHS },
  MMMM: { kind: 'month_name', names: MONTHS },
  d: field('day', 1, 2),
  dd: field('day', 2, 2),
  H: field('hour', 1, 2),
  HH: field('hour', 2, 2),
  h: field('hour12', 1, 2),
  hh: field('hour12', 2, 2),
  m: field('minute', 1, 2),
  mm: field('minute', 2, 2),
  s: field('second', 1, 2),
  ss: field('second', 2, 2),
  a: { kind: 'half_day' },
  z: { kind: 'zone' },
  X: { kind: 'offset', form: { letters: 1, hasZ: true } },
  XX: { kind: 'offset', form: { letters: 2, hasZ: true } },
  XXX: { kind: 'offset', form: { letters: 3, hasZ: true } },
  x: { kind: 'offset', form: { letters: 1, hasZ: false } },
  xx: { kind: 'offset', form: { letters: 2, hasZ: false } },
  xxx: { kind: 'offset', form: { letters: 3, hasZ: false } },
};

/** What is wrong with a format, and the same format in our letters, if it looks like one of another tool. */
export type FormatProblem = { readonly text: string; readonly suggestion: string | null };

/** Splits a format into its parts. Letters are tokens; texts of letters stand in single quotes, and '' is a quote. */
export function dateTokens(format: string): readonly DateToken[] | FormatProblem {
  const tokens = split(format);
  if (typeof tokens !== 'string') return tokens;
  const guess = inOurLetters(format);
  return { text: tokens, suggestion: typeof split(guess) === 'string' ? null : guess };
}

/** Returns the tokens, or what is wrong. */
function split(format: string): readonly DateToken[] | string {
  const tokens: DateToken[] = [];
  for (let at = 0; at < format.length;) {
    const character = format[at]!;
    if (character === "'") {
      const quoted = /^'((?:[^']|'')*)'/.exec(format.slice(at));
      if (quoted === null) return 'a single quote is not closed';
      addText(tokens, quoted[1] === '' ? "'" : quoted[1]!.replaceAll("''", "'"));
      at += quoted[0].length;
    } else if (/[A-Za-z%]/.test(character)) {
      let end = at + 1;
      while (format[end] === character) end++;
      const token = tokenOf(format.slice(at, end));
      if (token === undefined) return `'${format.slice(at, end)}' is no token. Allowed: ${ALLOWED}`;
      if (token.kind === 'field' && token.least < token.most && /[yMdHhmsS]/.test(format[end] ?? '')) {
        return `'${character}' has one or two digits, so a text must stand after it; or write '${character}${character}'`;
      }
      tokens.push(token);
      at = end;
    } else {
      addText(tokens, character);
      at++;
    }
  }
  return tokens;
}

const ALLOWED = `${Object.keys(TOKENS).join(' ')} S…SSSSSSSSS, and other letters in single quotes`;

function addText(tokens: DateToken[], text: string): void {
  const before = tokens.at(-1);
  if (before?.kind === 'text') tokens[tokens.length - 1] = { kind: 'text', text: before.text + text };
  else tokens.push({ kind: 'text', text });
}

function tokenOf(letters: string): DateToken | undefined {
  if (letters.startsWith('S') && letters.length <= MAX_FRACTION) {
    return field('fraction', letters.length, letters.length);
  }
  return Object.hasOwn(TOKENS, letters) ? TOKENS[letters] : undefined;
}

const STRFTIME: Readonly<Record<string, string>> = {
  Y: 'yyyy',
  y: 'yy',
  m: 'MM',
  d: 'dd',
  e: 'd',
  H: 'HH',
  I: 'hh',
  M: 'mm',
  S: 'ss',
  f: 'SSSSSS',
  p: 'a',
  b: 'MMM',
  B: 'MMMM',
  z: 'XX',
  Z: 'z',
  T: 'HH:mm:ss',
  F: 'yyyy-MM-dd',
  D: 'MM/dd/yy',
};
/** Of SQL, Excel and moment.js, where the letters differ. */
const OTHER_LETTERS: readonly (readonly [RegExp, string])[] = [
  [/YYYY/g, 'yyyy'],
  [/YY/g, 'yy'],
  [/HH24/g, 'HH'],
  [/HH12/g, 'hh'],
  [/MI/g, 'mm'],
  [/MON/gi, 'MMM'],
  [/DD/g, 'dd'],
  [/D/g, 'd'],
  [/SS(?![S.])/g, 'ss'],
  [/AM|PM|A/g, 'a'],
  [/T/g, "'T'"],
  [/Z/g, 'XXX'],
];

function inOurLetters(format: string): string {
  if (format.includes('%')) {
    return format.replaceAll(/%-?([A-Za-z])/g, (text, letter: string) => STRFTIME[letter] ?? text);
  }
  return OTHER_LETTERS.reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), format);
}

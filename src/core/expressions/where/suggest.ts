import { nearest } from '../../nearest.ts';

/** Functions and macros of conditions. */
const FUNCTIONS = [
  'size',
  'startsWith',
  'endsWith',
  'contains',
  'matches',
  'lowerAscii',
  'upperAscii',
  'trim',
  'indexOf',
  'lastIndexOf',
  'substring',
  'split',
  'has',
  'all',
  'exists',
  'exists_one',
  'map',
  'filter',
  'timestamp',
  'duration',
  'int',
  'double',
  'string',
  'bool',
];

/** Names of other languages for them. */
const FUNCTIONS_ELSEWHERE: Readonly<Record<string, string>> = {
  len: 'size',
  length: 'size',
  lower: 'lowerAscii',
  tolower: 'lowerAscii',
  tolowercase: 'lowerAscii',
  upper: 'upperAscii',
  toupper: 'upperAscii',
  touppercase: 'upperAscii',
  like: 'matches',
  regex: 'matches',
  includes: 'contains',
  substr: 'substring',
  date: 'timestamp',
  strip: 'trim',
  any: 'exists',
};

/** Operators of SQL and others, where an expression cannot be read further. */
const OPERATORS_ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/^=/, '=='],
  [/^and\b/i, '&&'],
  [/^&/, '&&'],
  [/^or\b/i, '||'],
  [/^\|/, '||'],
  [/^not\b/i, '!'],
  [/^>/, '!='],
  [/^is\s+not\b/i, '!='],
  [/^is\b/i, '=='],
  [/^like\b/i, '.matches()'],
];

/** The function that is probably meant, for one that does not exist; null: nothing comes near, or it exists. */
export function suggestFunction(name: string): string | null {
  if (FUNCTIONS.includes(name)) return null;
  const found = nearest(name, [...FUNCTIONS, ...Object.keys(FUNCTIONS_ELSEWHERE)], (each) => each);
  return found === null ? null : (FUNCTIONS_ELSEWHERE[found] ?? found);
}

/** The operator that is probably meant by what stands at `at`. */
export function suggestOperator(expression: string, at: number): string | null {
  const rest = expression.slice(at).trimStart();
  return OPERATORS_ELSEWHERE.find(([pattern]) => pattern.test(rest))?.[1] ?? null;
}

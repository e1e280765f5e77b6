/** How numbers may be written. A bit of a mask each; the first is what DynamoDB takes. */
export const NOTATIONS = [
  { decimal: '.', thousands: null },
  { decimal: ',', thousands: null },
  { decimal: '.', thousands: ',' },
  { decimal: ',', thousands: '.' },
  { decimal: '.', thousands: ' ' },
  { decimal: ',', thousands: ' ' },
  { decimal: '.', thousands: "'" },
] as const;
const ALL = (1 << NOTATIONS.length) - 1;

/** What the numbers of a column have in common. The order of the values makes no difference. */
export type NumberFacts = {
  count: number;
  /** The notations in which every value is a number. */
  mask: number;
  wholes: number;
  hasLeadingZero: boolean;
  isTooLong: boolean;
  hasTrailingMinus: boolean;
  hasParentheses: boolean;
  readonly signs: Set<string>;
  least: { readonly value: number; readonly text: string } | null;
  greatest: { readonly value: number; readonly text: string } | null;
};

const NUMBER =
  /^(\()?([+-])? ?([€$£¥]|EUR|USD|GBP|CHF)? ?(\()?([+-])?((?:\d[\d.,' ]*|[.,]\d+)(?:[eE][+-]?\d+)?) ?(%|[€$£¥]|EUR|USD|GBP|CHF)? ?(-)?(\))?$/;
const BODIES = [
  /^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/,
  /^(\d+(,\d+)?|,\d+)$/,
  /^\d{1,3}(,\d{3})+(\.\d*)?$|^\d+(\.\d+)?$/,
  /^\d{1,3}(\.\d{3})+(,\d*)?$|^\d+(,\d+)?$/,
  /^\d{1,3}( \d{3})+(\.\d*)?$|^\d+(\.\d+)?$/,
  /^\d{1,3}( \d{3})+(,\d*)?$|^\d+(,\d+)?$/,
  /^\d{1,3}('\d{3})+(\.\d*)?$|^\d+(\.\d+)?$/,
];
const MOST_DIGITS = 38;
const MOST_SIGNS = 8;

export function createNumberFacts(): NumberFacts {
  return {
    count: 0,
    mask: ALL,
    wholes: 0,
    hasLeadingZero: false,
    isTooLong: false,
    hasTrailingMinus: false,
    hasParentheses: false,
    signs: new Set(),
    least: null,
    greatest: null,
  };
}

/** Notations of numbers with a point; one more if the point may stand between thousands. */
const POINTED = 0b1010101;
const POINT_MAY_GROUP = 0b1000;
const GROUP = 3;

/** Adds a number of up to 15 digits, with a point or none, that needs no string. */
export function addPlainNumber(
  facts: NumberFacts,
  found: {
    readonly bytes: Uint8Array;
    readonly start: number;
    readonly end: number;
    readonly value: number;
    readonly whole: number;
    readonly fraction: number;
    /** Its fraction is one zero. */
    readonly isZero: boolean;
  },
): void {
  const { bytes, start, end, value, whole, fraction } = found;
  facts.count++;
  if (fraction > 0) facts.mask &= fraction === GROUP && whole <= GROUP ? POINTED | POINT_MAY_GROUP : POINTED;
  if (fraction === 0 || found.isZero) facts.wholes++;
  const { least, greatest } = facts;
  if (least !== null && value > least.value && value < greatest!.value) return;
  addRange(facts, value, String.fromCharCode(...bytes.subarray(start, end)));
}

function addRange(facts: NumberFacts, value: number, text: string): void {
  if (facts.least === null || isBefore(value, text, facts.least)) facts.least = { value, text };
  if (facts.greatest === null || isBefore(-value, text, { ...facts.greatest, value: -facts.greatest.value }))
    facts.greatest = { value, text };
}

/** False: the text is a number in no notation. */
export function addNumber(facts: NumberFacts, text: string): boolean {
  const found = NUMBER.exec(text);
  if (found === null) return false;
  const [, open, first, before, inner, second, written, after, trailing, close] = found;
  const body = written!.trimEnd();
  const isOpen = open !== undefined || inner !== undefined;
  if (isOpen !== (close !== undefined) || (isOpen && (first ?? second ?? trailing) !== undefined))
    return false;
  let mask = 0;
  for (let bit = 0; bit < BODIES.length; bit++) if (BODIES[bit]!.test(body)) mask |= 1 << bit;
  if (mask === 0) return false;
  facts.count++;
  facts.mask &= mask;
  if (trailing !== undefined) facts.hasTrailingMinus = true;
  if (isOpen) facts.hasParentheses = true;
  for (const sign of [before, after])
    if (sign !== undefined && facts.signs.size < MOST_SIGNS) facts.signs.add(sign);
  if (/^0\d/.test(body)) facts.hasLeadingZero = true;
  const digits = body.replaceAll(/[eE].*|\D/g, '');
  if (digits.length > MOST_DIGITS) facts.isTooLong = true;
  if (digits.length === body.length || /^\d+\.0$/.test(body)) facts.wholes++;
  const isNegative = isOpen || trailing !== undefined || first === '-' || second === '-';
  const value = (isNegative ? -1 : 1) * magnitude(body, mask);
  addRange(facts, value, text);
  return true;
}

/** By value, then by text: so the result does not depend on the order of the rows. */
function isBefore(
  value: number,
  text: string,
  other: { readonly value: number; readonly text: string },
): boolean {
  return value < other.value || (value === other.value && text < other.text);
}

function magnitude(body: string, mask: number): number {
  if ((mask & 1) !== 0) return Number(body);
  const bit = Math.log2(mask & -mask);
  const { decimal, thousands } = NOTATIONS[bit]!;
  const joined = thousands === null ? body : body.replaceAll(thousands, '');
  return Number(joined.replace(decimal, '.'));
}

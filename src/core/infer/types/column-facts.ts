import { cellText } from '../../csv/cell-text.ts';
import type { Format } from '../../csv/format.ts';
import { ESCAPED, NULL_MARK, QUOTED, type RecordReader } from '../../csv/record-reader.ts';
import { addPlain, type PlainKind } from './plain-cells.ts';
import { addDate, createDateFacts, type DateFacts } from './date-facts.ts';
import { createDistinct, type Distinct, hashBytes } from './distinct.ts';
import { addNumber, createNumberFacts, type NumberFacts } from './number-facts.ts';

/** What one pass over a column's cells finds. The order of the rows makes no difference, but for the places of counterexamples. */
export type ColumnFacts = {
  values: number;
  empties: number;
  /** Words that often stand for null, and how often each occurs. They are in no other count but `values`. */
  readonly nullWords: Map<string, number>;
  /** Unquoted cells with spaces or tabs around. */
  padded: number;
  longest: number;
  readonly distinct: Distinct;
  readonly numbers: NumberFacts;
  readonly dates: DateFacts;
  isoDates: number;
  /** Of ISO dates, as yyyymmdd. */
  leastIso: number;
  greatestIso: number;
  isoDatetimes: number;
  isoTimes: number;
  /** ISO datetimes with an offset from UTC. */
  offsets: number;
  mostHours: number;
  jsons: number;
  /** Words of booleans, in lower case; null: there are others. */
  words: Set<string> | null;
  /** The first value that is no number, no date of any kind, no word of a boolean. */
  readonly misses: Map<Kind, Miss>;
};

export type Kind = 'number' | 'date' | 'word' | 'json';
const KINDS: readonly Kind[] = ['number', 'date', 'word', 'json'];
export type Miss = { readonly line: number; readonly text: string };

/** In numbers, dates and booleans, where they can mean nothing else. */
export const NULL_WORDS: ReadonlySet<string> = new Set([
  'NULL',
  'null',
  'Null',
  'NA',
  'N/A',
  'n/a',
  '#N/A',
  'NaN',
  'nan',
  'NaT',
  'None',
  'none',
  'nil',
  '-',
  '--',
  '.',
  '?',
  '\\N',
  '#REF!',
  '#VALUE!',
  '#DIV/0!',
  '#ERROR!',
  '(null)',
  '<NA>',
  '\0',
]);
const LONGEST_WORD = 8;
const LONGEST_VALUE = 64;
const MOST_WORDS = 4;
const ISO_DATETIME =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ]([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d{1,9})?)?( ?([Zz]|[+-]\d\d(:?[0-5]\d)?))?$/;
const ISO_TIME = /^(\d{1,3}):[0-5]\d(:[0-5]\d([.,]\d{1,9})?)?$/;
const SPACE = 0x20;
const TAB = 0x09;

export function createColumnFacts(): ColumnFacts {
  return {
    values: 0,
    empties: 0,
    nullWords: new Map(),
    padded: 0,
    longest: 0,
    distinct: createDistinct(),
    numbers: createNumberFacts(),
    dates: createDateFacts(),
    isoDates: 0,
    leastIso: Infinity,
    greatestIso: 0,
    isoDatetimes: 0,
    isoTimes: 0,
    offsets: 0,
    mostHours: 0,
    jsons: 0,
    words: new Set(),
    misses: new Map(),
  };
}

/** Adds the cell of the reader's record. */
export function addCell(
  facts: ColumnFacts,
  reader: RecordReader,
  bytes: Uint8Array,
  field: number,
  format: Format,
  line: number,
): void {
  let start = reader.starts[field]!;
  let end = reader.ends[field]!;
  const mark = reader.marks[field]!;
  if ((mark & QUOTED) === 0) {
    const length = end - start;
    while (start < end && isBlank(bytes[start]!)) start++;
    while (start < end && isBlank(bytes[end - 1]!)) end--;
    if (end - start < length) facts.padded++;
  }
  if (start === end || (mark & NULL_MARK) !== 0) {
    facts.empties++;
    return;
  }
  facts.values++;
  const length = end - start;
  if (length > facts.longest) facts.longest = length;
  facts.distinct.add(hashBytes(bytes, start, end));
  if (mark < ESCAPED && length <= LONGEST_VALUE) {
    const kind = addPlain(facts, bytes, start, end);
    if (kind === 'unsure') {
      addText(facts, ascii(bytes, start, end), line);
      return;
    }
    facts.words = null;
    if (facts.misses.size < KINDS.length) missOthers(facts, kind, line, ascii(bytes, start, end));
  } else if (length > LONGEST_VALUE || (mark & ESCAPED) !== 0) {
    addLong(facts, reader, bytes, field, format, line);
  } else {
    addText(facts, cellText(reader, bytes, field, format).trim(), line);
  }
}

function addLong(
  facts: ColumnFacts,
  reader: RecordReader,
  bytes: Uint8Array,
  field: number,
  format: Format,
  line: number,
): void {
  const first = bytes[reader.starts[field]!]!;
  const isJson = first === 0x7b || first === 0x5b;
  const text = isJson ? cellText(reader, bytes, field, format) : 'a long text';
  const shown = (): string => cellText(reader, bytes, field, format).slice(0, LONGEST_VALUE);
  if (isJson && isJsonText(text)) facts.jsons++;
  else miss(facts, 'json', line, shown);
  facts.words = null;
  for (const kind of ['number', 'date', 'word'] as const) miss(facts, kind, line, shown);
}

function addText(facts: ColumnFacts, text: string, line: number): void {
  const shown = (): string => text;
  if (text.length <= LONGEST_WORD) {
    if (NULL_WORDS.has(text)) {
      facts.nullWords.set(text, (facts.nullWords.get(text) ?? 0) + 1);
      return;
    }
    const lower = text.toLowerCase();
    facts.words?.add(lower);
    if (facts.words !== null && facts.words.size > MOST_WORDS) facts.words = null;
  } else {
    facts.words = null;
  }
  const first = text.charCodeAt(0);
  const isLetter = (first | 0x20) >= 0x61 && (first | 0x20) <= 0x7a;
  if (isLetter && !/\d/.test(text)) {
    for (const kind of ['number', 'date', 'json'] as const) miss(facts, kind, line, shown);
    return;
  }
  if (!addNumber(facts.numbers, text)) miss(facts, 'number', line, shown);
  if (!addMoment(facts, text)) miss(facts, 'date', line, shown);
  if ((text.startsWith('{') || text.startsWith('[')) && isJsonText(text)) facts.jsons++;
  else miss(facts, 'json', line, shown);
}

function addMoment(facts: ColumnFacts, text: string): boolean {
  const time = ISO_TIME.exec(text);
  if (time !== null) {
    facts.isoTimes++;
    facts.mostHours = Math.max(facts.mostHours, Number(time[1]));
    return true;
  }
  const found = ISO_DATETIME.exec(text);
  const isDate = addDate(facts.dates, text);
  if (found === null) return isDate;
  facts.isoDatetimes++;
  if (found[6] !== undefined) facts.offsets++;
  return true;
}

function missOthers(facts: ColumnFacts, found: PlainKind, line: number, text: string): void {
  for (const kind of KINDS) if (kind !== found) miss(facts, kind, line, () => text);
}

function miss(facts: ColumnFacts, kind: Kind, line: number, text: () => string): void {
  if (!facts.misses.has(kind)) facts.misses.set(kind, { line, text: text() });
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}

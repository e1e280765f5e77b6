import { createScratch, encodeText } from '../cells/scratch.ts';
import { blanks } from '../cells/edges.ts';
import type { CellOptions } from '../cell-options.ts';
import { jsonText } from '../cells/json-text.ts';
import type { Words } from '../words.ts';

/** Takes an element: plain text [start, end) of `from`. Returns a reason if it is not one. */
export type Visit = (from: Words, start: number, end: number) => string | null;

/** Passes over the elements of a list in a cell. Returns null, or a reason. */
export type Elements = (from: Words, start: number, end: number, visit: Visit) => string | null;

export function compileElements({ spec, formats, trim }: CellOptions): Elements {
  if (formats.includes('postgres')) return postgresElements;
  if (formats.includes('json')) return jsonElements;
  return separatedElements(spec.separator ?? ',', trim);
}

function separatedElements(separator: string, trim: boolean): Elements {
  const mark = new TextEncoder().encode(separator);
  return (from, start, end, visit) => {
    const { bytes } = from;
    for (let first = start; ;) {
      const last = indexOf(bytes, first, end, mark);
      const from1 = trim ? blanks.first(bytes, first, last) : first;
      const reason = visit(from, from1, trim ? blanks.last(bytes, from1, last) : last);
      if (reason !== null || last === end) return reason;
      first = last + mark.length;
      if (first === end) return visit(from, end, end);
    }
  };
}

/** `end` if the text is not in [start, end). */
function indexOf(bytes: Uint8Array, start: number, end: number, text: Uint8Array): number {
  next: for (let at = start; at + text.length <= end; at++) {
    for (let k = 0; k < text.length; k++) if (bytes[at + k] !== text[k]) continue next;
    return at;
  }
  return end;
}

const scratch = createScratch();
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/** An array of JSON whose elements are texts, numbers or booleans. */
function jsonElements(from: Words, start: number, end: number, visit: Visit): string | null {
  const { bytes } = from;
  let at = passBlanks(bytes, start, end);
  if (at === end || bytes[at] !== 0x5b) return 'a JSON array is needed';
  at = passBlanks(bytes, at + 1, end);
  if (bytes[at] === 0x5d && passBlanks(bytes, at + 1, end) === end) return null;
  for (;;) {
    const first = at;
    if (at < end && bytes[at] === QUOTE) {
      at = stringEnd(bytes, at + 1, end);
      if (at === end) return 'a string is not closed';
      at++;
    } else {
      while (at < end && !/[\s,\]]/.test(String.fromCharCode(bytes[at]!))) at++;
    }
    const value = scalar(bytes, first, at);
    if (value === null) return 'an element is not a text, number or boolean';
    const { words, length } = encodeText(value, scratch);
    const reason = visit(words, 0, length);
    if (reason !== null) return reason;
    at = passBlanks(bytes, at, end);
    if (at < end && bytes[at] === 0x5d) {
      return passBlanks(bytes, at + 1, end) === end ? null : 'there is text after the array';
    }
    if (at === end || bytes[at] !== COMMA) return 'the array is not closed';
    at = passBlanks(bytes, at + 1, end);
  }
}

function scalar(bytes: Uint8Array, start: number, end: number): string | null {
  try {
    const value: unknown = JSON.parse(jsonSource(bytes, start, end));
    if (typeof value === 'string') return value;
    // A number's digits are kept.
    return typeof value === 'number' || typeof value === 'boolean' ? jsonSource(bytes, start, end) : null;
  } catch {
    return null;
  }
}

const strictUtf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

function jsonSource(bytes: Uint8Array, start: number, end: number): string {
  return strictUtf8.decode(bytes.subarray(start, end));
}

/** Position of the quote that closes a string, or `end`. */
function stringEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return Math.min(at, end);
}

function passBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0a || bytes[at] === 0x0d))
    at++;
  return at;
}

/** `{a,"b c","with \"quotes\""}` (PostgreSQL's documentation, "Array Input and Output Syntax"), of one dimension. */
function postgresElements(from: Words, start: number, end: number, visit: Visit): string | null {
  const { bytes } = from;
  let at = start;
  if (end - start < 2 || bytes[at] !== 0x7b || bytes[end - 1] !== 0x7d) return 'an array in braces is needed';
  const last = end - 1;
  at = passBlanks(bytes, at + 1, last);
  if (at === last) return null;
  for (;;) {
    at = passBlanks(bytes, at, last);
    const isQuoted = bytes[at] === QUOTE && at < last;
    const first = isQuoted ? at + 1 : at;
    const stop = isQuoted ? stringEnd(bytes, first, last) : unquotedEnd(bytes, first, last);
    if (isQuoted && stop === last) return 'a quote is not closed';
    const words = scratch(stop - first);
    let length = 0;
    for (let k = first; k < stop; k++) {
      if (bytes[k] === BACKSLASH && k + 1 < stop) k++;
      words.bytes[length++] = bytes[k]!;
    }
    if (!isQuoted) length = blanks.last(words.bytes, 0, length);
    if (!isQuoted && length === 0) return 'an element is empty: PostgreSQL writes ""';
    if (!isQuoted && isNull(words.bytes, length)) return 'an element is NULL';
    const reason = visit(words, 0, length);
    if (reason !== null) return reason;
    at = passBlanks(bytes, isQuoted ? stop + 1 : stop, last);
    if (at === last) return null;
    if (bytes[at] !== COMMA)
      return 'the array has a brace or a quote inside an element, or several dimensions';
    at++;
  }
}

function unquotedEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== COMMA && bytes[at] !== QUOTE && bytes[at] !== 0x7b && bytes[at] !== 0x7d) {
    at += bytes[at] === BACKSLASH ? 2 : 1;
  }
  return Math.min(at, end);
}

function isNull(bytes: Uint8Array, length: number): boolean {
  return length === 4 && jsonText(bytes, 0, 4).toUpperCase() === 'NULL';
}

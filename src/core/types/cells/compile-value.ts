import { assert } from '../../assert.ts';
import type { CellOptions } from '../cell-options.ts';
import {
  type ColumnType,
  excerptOf,
  NULL_VALUE,
  refuse,
  REFUSED,
  type Refusal,
  type Result,
} from '../column-type.ts';
import { type Words, wordText, writeWords } from '../words.ts';
import { blanks, stripEdges } from './edges.ts';
import { evaluate } from './evaluate.ts';
import { compileRules, valueWriter } from './rules.ts';
import { createTextTable } from './text-table.ts';

/** The way of a text to its value: trim, null words, strip, type, default, rules. Like `ValueWriter`, but for any text. */
export type TextWriter = {
  /** `isQuoted`: the text stood in quotes. */
  write(result: Result, from: Words, start: number, end: number, isQuoted: boolean, at: number): number;
  /** Of a cell that is known to be null. */
  writeNull(result: Result, at: number): number;
};

/** `isTrimmed`: blanks around a text belong to it, because the reader has left out the others. */
export function compileValue(type: ColumnType, options: CellOptions, isTrimmed = false): TextWriter {
  const { spec, quoted_nulls } = options;
  const trims = options.trim && !isTrimmed;
  const takesEmpty = type.takesEmpty === true;
  const isNull = createTextTable(options.null_values);
  const strip = options.strip.length === 0 ? null : stripEdges(options.strip);
  const value = type.compile(options);
  const rules = compileRules(type, options);
  const refusesNull = spec.not_null === true || options.on_null === 'reject';
  const fallback = spec.default === undefined ? null : compileDefault(type, options, spec.default);
  return { write, writeNull };

  function write(
    result: Result,
    from: Words,
    first: number,
    last: number,
    isQuoted: boolean,
    at: number,
  ): number {
    const { bytes } = from;
    let start = first;
    let end = last;
    if (trims && !isQuoted) {
      start = blanks.first(bytes, start, end);
      end = blanks.last(bytes, start, end);
    }
    if ((!isQuoted || quoted_nulls) && isNull(bytes, start, end) >= 0) return writeNull(result, at);
    if (strip !== null) {
      start = strip.first(bytes, start, end);
      end = strip.last(bytes, start, end);
      if (start === end) return writeNull(result, at);
    }
    if (start === end && !takesEmpty) return writeNull(result, at);
    const out = value(result, from, start, end, at);
    if (out === NULL_VALUE) return writeNull(result, at);
    return out === REFUSED || rules.length === 0 ? out : check(result, from, start, end, at, out);
  }

  function writeNull(result: Result, at: number): number {
    if (fallback !== null) {
      result.usedDefault = true;
      result.valueBytes = fallback.valueBytes;
      result.instantMs = fallback.instantMs;
      return writeWords(fallback.text, result.to, at);
    }
    if (!refusesNull) return NULL_VALUE;
    return refuse(result, 'null-value', 'the cell is empty or null, and the column needs a value');
  }

  function check(result: Result, from: Words, start: number, end: number, at: number, out: number): number {
    let found: Refusal[] | null = null;
    const excerpt = () => excerptOf(from.bytes, start, end);
    for (const rule of rules) {
      const refusal = rule(result, at, out, excerpt);
      if (refusal !== null) (found ??= []).push(refusal);
    }
    if (found === null) return out;
    result.refusals = found;
    return REFUSED;
  }
}

function compileDefault(type: ColumnType, options: CellOptions, text: string) {
  const value = evaluate(valueWriter(type, options), text);
  assert(
    value !== null && 'bytes' in value,
    `The default ${JSON.stringify(text)} was checked with the document.`,
  );
  return { ...value, text: wordText(value.bytes) };
}

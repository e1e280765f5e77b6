import { assert } from '../../assert.ts';
import type { CellOptions } from '../cell-options.ts';
import { type ColumnType, type Refusal, type Result, type ValueWriter } from '../column-type.ts';
import { compareNumbers } from '../numbers/compare-numbers.ts';
import { linearPattern } from '../patterns/linear-pattern.ts';
import { evaluate, type Evaluated } from './evaluate.ts';
import { jsonLength, jsonText } from './json-text.ts';

/** What is wrong with the value that stands in the arena at [at, end), or null. `excerpt` is its cell, for the reason. */
export type Rule = (result: Result, at: number, end: number, excerpt: () => string) => Refusal | null;

export const RULES = ['min', 'max', 'length', 'pattern', 'enum'] as const;

/** The rules of a column that have these names. */
export function compileRules(
  type: ColumnType,
  options: CellOptions,
  names: readonly (typeof RULES)[number][] = RULES,
): readonly Rule[] {
  return names.map((name) => compileRule(type, options, name)).filter((rule) => rule !== null);
}

function compileRule(type: ColumnType, options: CellOptions, name: (typeof RULES)[number]): Rule | null {
  const { spec } = options;
  const value = valueOf(type, options);
  switch (name) {
    case 'min':
    case 'max':
      return spec[name] === undefined ? null : bound(options, name, spec[name], value(spec[name]));
    case 'length':
      return spec.length === undefined ? null : length(type.tagOf(options) === 'B', spec.length);
    case 'pattern':
      return spec.pattern === undefined ? null : pattern(spec.pattern);
    case 'enum':
      return spec.enum === undefined ? null : oneOf(spec.enum, spec.enum.map(value));
  }
}

/** Reads bounds, defaults and words of `enum`: like cells, but `divide` and `multiply` are for cells only. */
export function valueWriter(type: ColumnType, options: CellOptions): ValueWriter {
  const { divide: _, multiply: __, ...spec } = options.spec;
  return type.compile({ ...options, spec });
}

function valueOf(type: ColumnType, options: CellOptions): (text: string) => Evaluated {
  const write = valueWriter(type, options);
  return (text) => {
    const value = evaluate(write, text);
    assert(value !== null && 'bytes' in value, `${JSON.stringify(text)} was checked with the document.`);
    return value;
  };
}

function bound({ spec }: CellOptions, kind: 'min' | 'max', text: string, limit: Evaluated): Rule {
  const isMin = kind === 'min';
  const isNumber = spec.type === 'number' || spec.type === 'integer';
  const refusal = (excerpt: () => string): Refusal => ({
    code: isMin ? 'below-min' : 'above-max',
    reason: `${excerpt()} is ${isMin ? 'less' : 'more'} than ${kind}, ${text}`,
  });
  return (result, at, end, excerpt) => {
    const difference = isNumber
      ? compareNumbers(result.to.bytes, at, end, limit.bytes)
      : result.instantMs - limit.instantMs;
    return (isMin ? difference < 0 : difference > 0) ? refusal(excerpt) : null;
  };
}

function length(
  isBinary: boolean,
  { min, max }: { readonly min: number; readonly max: number | null },
): Rule {
  const unit = isBinary ? 'bytes' : 'characters';
  const allowed = min === max ? `${min}` : max === null ? `at least ${min}` : `${min} to ${max}`;
  return (result, at, end, excerpt) => {
    const count = isBinary ? result.valueBytes : jsonLength(result.to.bytes, at, end);
    if (count >= min && (max === null || count <= max)) return null;
    return {
      code: 'length-invalid',
      reason: `${excerpt()} has ${count} ${unit}; length allows ${allowed}`,
    };
  };
}

function pattern(source: string): Rule {
  const matches = linearPattern(source);
  return (result, at, end, excerpt) =>
    matches(jsonText(result.to.bytes, at, end))
      ? null
      : { code: 'pattern-mismatch', reason: `${excerpt()} does not match pattern ${source}` };
}

const MOST_SHOWN = 10;

function oneOf(texts: readonly string[], values: readonly Evaluated[]): Rule {
  const allowed = new Set(values.map(({ bytes }) => latin1(bytes, 0, bytes.length)));
  const longest = Math.max(0, ...values.map(({ bytes }) => bytes.length));
  const shown = texts.slice(0, MOST_SHOWN).join(', ') + (texts.length > MOST_SHOWN ? ' …' : '');
  return (result, at, end, excerpt) =>
    end - at <= longest && allowed.has(latin1(result.to.bytes, at, end))
      ? null
      : { code: 'not-in-enum', reason: `${excerpt()} is none of enum: ${shown}` };
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}

import type { CellSpec } from '../../types/column-spec.ts';
import { canonicalNumber } from '../../types/numbers/canonical-number.ts';
import { checkNumber } from '../../types/numbers/number-text.ts';
import { MAX_ITEM_BYTES } from '../item.ts';
import type { RowState } from '../row-state.ts';
import { attributeSize } from '../values/attribute-size.ts';
import { reserveBytes, tagAt } from '../values/values.ts';

/** What is wrong with a value that a transform returned, as the end of a sentence. */
export class TransformFault extends Error {}

export type ValueWriter = {
  /** Writes a value of JavaScript into a slot; `spec`: the column that has its name. Throws TransformFault. */
  write(state: RowState, slot: number, name: string, value: unknown, spec: CellSpec | null): void;
};

type Json = { readonly [tag: string]: unknown };

/** DynamoDB's limit ("Quotas in Amazon DynamoDB"). */
const MAX_DEPTH = 32;
const encoder = new TextEncoder();
const EPOCH_SECOND_MS = 1000;
const LONE_SURROGATE = /\p{Surrogate}/u;

export function createValueWriter(): ValueWriter {
  return {
    write({ row, values }, slot, name, value, spec) {
      const budget = { bytes: MAX_ITEM_BYTES };
      const json = attributeOf(value, name, spec, 1, budget);
      const text = JSON.stringify(json);
      reserveBytes(values, text.length * 3);
      row.to = values.words;
      values.starts[slot] = values.used;
      values.used += encoder.encodeInto(text, row.to.bytes.subarray(values.used)).written;
      values.ends[slot] = values.used;
      values.sizes[slot] = attributeSize(json);
      values.tags[slot] = tagAt(row.to.bytes, values.starts[slot]);
      values.defaulted[slot] = 0;
    },
  };

  function attributeOf(
    value: unknown,
    name: string,
    spec: CellSpec | null,
    depth: number,
    budget: { bytes: number },
  ): Json {
    budget.bytes -= 4;
    if (budget.bytes < 0) throw new TransformFault(`'${name}' with over ${MAX_ITEM_BYTES} bytes`);
    switch (typeof value) {
      case 'string':
        return textOf(value, name, spec, budget);
      case 'number':
      case 'bigint':
        return { N: numberText(String(value), name) };
      case 'boolean':
        return { BOOL: value };
      case 'object':
        if (value === null) return { NULL: true };
        if (depth > MAX_DEPTH) throw new TransformFault(`'${name}' nested deeper than ${MAX_DEPTH} levels`);
        return objectOf(value, name, spec, depth, budget);
      case 'undefined':
      case 'function':
      case 'symbol':
        throw new TransformFault(`'${name}' that is a ${typeof value}`);
    }
  }

  function textOf(value: string, name: string, spec: CellSpec | null, budget: { bytes: number }): Json {
    budget.bytes -= value.length;
    if (budget.bytes < 0) throw new TransformFault(`'${name}' with over ${MAX_ITEM_BYTES} bytes`);
    const type: string = spec?.type ?? 'string';
    if (type === 'number' || type === 'integer') return { N: numberText(value, name) };
    if (LONE_SURROGATE.test(value)) throw new TransformFault(`'${name}' with half a surrogate pair`);
    return { S: value };
  }

  function objectOf(
    value: object,
    name: string,
    spec: CellSpec | null,
    depth: number,
    budget: { bytes: number },
  ): Json {
    if (value instanceof Date) return dateOf(value, name, spec);
    if (value instanceof Uint8Array) {
      budget.bytes -= value.length;
      if (budget.bytes < 0) throw new TransformFault(`'${name}' with over ${MAX_ITEM_BYTES} bytes`);
      return { B: base64(value) };
    }
    if (value instanceof Set) return setOf(value, name, budget);
    if (Array.isArray(value)) {
      return { L: value.map((each) => attributeOf(each ?? null, name, null, depth + 1, budget)) };
    }
    const entries = value instanceof Map ? [...value.entries()] : Object.entries(value);
    const members = entries.flatMap(([key, each]) => {
      if (each === undefined) return [];
      if (typeof key !== 'string') throw new TransformFault(`'${name}' with a key that is no string`);
      budget.bytes -= key.length;
      return [[key, attributeOf(each, name, null, depth + 1, budget)] as const];
    });
    return { M: Object.fromEntries(members) };
  }

  function dateOf(value: Date, name: string, spec: CellSpec | null): Json {
    const ms = value.getTime();
    if (Number.isNaN(ms)) throw new TransformFault(`'${name}' that is an invalid date`);
    if (spec?.store === 'epoch_ms') return { N: String(ms) };
    if (spec?.store === 'epoch_s') return { N: String(Math.floor(ms / EPOCH_SECOND_MS)) };
    const iso = value.toISOString();
    return { S: spec?.type === 'date' ? iso.slice(0, iso.indexOf('T')) : iso };
  }

  function setOf(value: ReadonlySet<unknown>, name: string, budget: { bytes: number }): Json {
    const elements = [...value];
    if (elements.length === 0)
      throw new TransformFault(`'${name}' that is an empty set, which DynamoDB does not have`);
    const isNumbers = elements.every((each) => typeof each === 'number' || typeof each === 'bigint');
    if (isNumbers) return { NS: [...new Set(elements.map((each) => numberText(String(each), name)))] };
    if (!elements.every((each) => typeof each === 'string')) {
      throw new TransformFault(`'${name}' that is a set of other than strings or numbers`);
    }
    return { SS: elements.map((each) => textOf(each, name, null, budget)['S']) };
  }
}

function numberText(text: string, name: string): string {
  const bytes = encoder.encode(text);
  const verdict = checkNumber(bytes, 0, bytes.length);
  if (verdict === 'ok') return canonicalNumber(text.replace('e', 'E'));
  const shown = JSON.stringify(text.slice(0, 60));
  throw new TransformFault(
    `'${name}' that is ${shown}, ${verdict === 'number-invalid' ? 'no number' : "beyond DynamoDB's numbers"}`,
  );
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

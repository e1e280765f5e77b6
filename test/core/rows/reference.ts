import { createHash } from 'node:crypto';
import type { Dataset } from '../../../src/core/dataset/dataset.ts';

/**
 * What a row's items must be, computed from strings and objects with nothing of the mapping: slow, and short enough to be checked by
 * reading. It knows strings, numbers in canonical form and booleans, and conditions of the form `name == 'text'`.
 */
export type Expected = { items: Item[] } | 'rejected' | 'skipped';
export type Item = Record<string, unknown>;

type Value = { S: string } | { N: string } | { BOOL: boolean };

class Rejected extends Error {}

/** `cells`: null for an empty cell that is not quoted. */
export function referenceItems(
  dataset: Dataset,
  header: readonly string[],
  cells: readonly (string | null)[],
): Expected {
  const values = new Map<string, Value>();
  const stored: { path: string[]; name: string }[] = [];
  try {
    if (dataset.where !== null) {
      // What it reads comes first: the other cells of a skipped row may be anything. It reads `id`, a string.
      const id = cells[header.indexOf('id')]!;
      if (!holds(dataset.where, new Map(id === null ? [] : [['id', { S: id }]]))) return 'skipped';
    }
    for (const [index, column] of header.entries()) {
      const spec = dataset.columns[column];
      const name = spec?.as ?? column;
      const value = valueOf(cells[index]!, spec?.type ?? 'string');
      if (value !== null) values.set(name, value);
      if (spec?.drop === true || (spec === undefined && dataset.other_columns === 'drop')) continue;
      const { other_columns: others } = dataset;
      const path =
        spec !== undefined ? name.split('.') : typeof others === 'object' ? [others.collect, name] : [name];
      stored.push({ path, name });
    }
    for (const spec of dataset.attributes) compute(dataset, spec, values);
    const items = dataset.items.flatMap((item) => {
      if (item.where !== null && !holds(item.where, values)) return [];
      const own = new Map(values);
      for (const spec of item.attributes) {
        own.delete(spec.name);
        compute(dataset, spec, own);
      }
      const made: Item = {};
      const keys = [
        dataset.key.partition.name,
        ...(dataset.key.sort === null ? [] : [dataset.key.sort.name]),
      ];
      for (const key of keys) made[key] = keyValue(own.get(key));
      const takes = (name: string, top = name) =>
        !item.exclude.includes(name) &&
        !item.exclude.includes(top) &&
        (item.include === null || item.include.includes(name) || item.include.includes(top));
      for (const { path, name } of stored)
        if (!keys.includes(name) && takes(name, path[0])) place(made, path, own.get(name));
      for (const { name } of dataset.attributes)
        if (!keys.includes(name) && takes(name)) place(made, [name], own.get(name));
      for (const { name } of item.attributes) if (!keys.includes(name)) place(made, [name], own.get(name));
      return [made];
    });
    if (items.length === 0) return 'skipped';
    const keys = new Set(
      items.map((item) => JSON.stringify(Object.values(item).slice(0, dataset.key.sort === null ? 1 : 2))),
    );
    return keys.size < items.length ? 'rejected' : { items };
  } catch (error) {
    if (error instanceof Rejected) return 'rejected';
    throw error;
  }
}

function valueOf(cell: string | null, type: string): Value | null {
  if (type === 'string') return cell === null ? null : { S: cell };
  if (cell === null || cell === '') return null;
  if (type === 'number') {
    if (!/^-?\d+(\.\d+)?$/.test(cell)) throw new Rejected();
    return { N: cell };
  }
  const word = cell.toLowerCase();
  if (['true', 'yes', 't', 'y', '1'].includes(word)) return { BOOL: true };
  if (['false', 'no', 'f', 'n', '0'].includes(word)) return { BOOL: false };
  throw new Rejected();
}

function holds(where: string, values: Map<string, Value>): boolean {
  const [, name, text] = /^(\S+) == '(.*)'$/.exec(where)!;
  const value = values.get(name!);
  return value !== undefined && 'S' in value && value.S === text;
}

function compute(dataset: Dataset, spec: Dataset['attributes'][number], values: Map<string, Value>): void {
  if (!('template' in spec)) throw new Error('The reference has no ttl.');
  const isKey = spec.name === dataset.key.partition.name || spec.name === dataset.key.sort?.name;
  const alone = /^\$\{([^|}]+)\}$/.exec(spec.template);
  if (alone !== null) {
    const value = values.get(alone[1]!);
    if (value !== undefined) values.set(spec.name, value);
    return;
  }
  let text = '';
  for (const [, literal, reference, following] of spec.template.matchAll(
    /([^$]+)|\$\{([^}]*)\}(?=([^$]*))/g,
  )) {
    if (literal !== undefined) {
      text += literal;
      continue;
    }
    const [name, ...filters] = reference!.split('|').map((piece) => piece.trim());
    let part = textOf(values.get(name!));
    for (const filter of filters) part = filtered(part, filter);
    if (part === null) return;
    if (isKey && following !== '' && part.includes(following!)) throw new Rejected();
    text += part;
  }
  values.set(spec.name, { S: text });
}

function textOf(value: Value | undefined): string | null {
  if (value === undefined) return null;
  const text = 'S' in value ? value.S : 'N' in value ? value.N : String(value.BOOL);
  return text === '' ? null : text;
}

function filtered(text: string | null, filter: string): string | null {
  const [name = '', argument = ''] = filter.split(':');
  if (text === null) return name === 'default' ? argument : null;
  switch (name) {
    case 'upper':
      return text.toUpperCase();
    case 'lower':
      return text.toLowerCase();
    case 'trim':
      return text.trim() === '' ? null : text.trim();
    case 'encode':
      return [...Buffer.from(text)]
        .map((byte) => {
          const character = String.fromCharCode(byte);
          return /[A-Za-z0-9_.~-]/.test(character)
            ? character
            : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
        })
        .join('');
    case 'hash':
      return createHash('sha256').update(text).digest('hex').slice(0, Number(argument));
    case 'pad': {
      const width = Number(argument);
      if (text.startsWith('-') || Array.from(text).length > width) throw new Rejected();
      return '0'.repeat(width - Array.from(text).length) + text;
    }
    default:
      return text;
  }
}

function keyValue(value: Value | undefined): Value {
  if (value === undefined || textOf(value) === null || 'BOOL' in value) throw new Rejected();
  if ('S' in value && Buffer.byteLength(value.S) > 1024) throw new Rejected();
  return value;
}

function place(item: Item, [name, ...rest]: readonly string[], value: Value | undefined): void {
  if (value === undefined) return;
  if (rest.length === 0) {
    item[name!] = value;
    return;
  }
  const map = (item[name!] ??= { M: {} }) as { M: Item };
  place(map.M, rest, value);
}

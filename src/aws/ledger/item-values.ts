import { SluiceError } from '../../core/errors.ts';
import { type Counts, countsBy, ITEM_COUNTS, ROW_COUNTS } from '../../core/imports/counts.ts';
import type { Item } from './dynamo-records.ts';

/** `rowsRead`, `itemsMade` … */
const COUNT_ATTRIBUTES = [
  ...ROW_COUNTS.map((name) => [name, `rows${capitalized(name)}`] as const),
  ...ITEM_COUNTS.map((name) => [name, `items${capitalized(name)}`] as const),
];
const ATTRIBUTE_OF: ReadonlyMap<keyof Counts, string> = new Map(COUNT_ATTRIBUTES);

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

export function numberOf(value: number): { N: string } {
  return { N: String(value) };
}

/** Throws `internal` where the attribute is missing, as `number` does. */
export function text(item: Item, name: string): string {
  return optionalText(item, name) ?? missing(item, name);
}

export function optionalText(item: Item, name: string): string | null {
  return item[name]?.S ?? null;
}

export function number(item: Item, name: string): number {
  return optionalNumber(item, name) ?? missing(item, name);
}

export function optionalNumber(item: Item, name: string): number | null {
  const value = item[name]?.N;
  return value === undefined ? null : Number(value);
}

/** Top-level attributes: an update can add only to these. */
export function countAttributes(counts: Counts): Item {
  return Object.fromEntries(COUNT_ATTRIBUTES.map(([name, attribute]) => [attribute, numberOf(counts[name])]));
}

export function readCounts(item: Item): Counts {
  return countsBy((name) => number(item, ATTRIBUTE_OF.get(name)!));
}

function missing(item: Item, name: string): never {
  throw new SluiceError(
    'internal',
    `The ledger's record ${item['pk']?.S} / ${item['sk']?.S} has no '${name}': another program wrote it. Delete the record, and upload the file again.`,
    { data: { pk: item['pk']?.S, sk: item['sk']?.S, attribute: name } },
  );
}

import { SluiceError } from '../../core/errors.ts';
import type { Counts } from '../../core/imports/counts.ts';
import type { Item } from './dynamo-records.ts';

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
  return {
    rowsRead: numberOf(counts.read),
    rowsWritten: numberOf(counts.written),
    rowsRejected: numberOf(counts.rejected),
    rowsSuperseded: numberOf(counts.superseded),
    rowsSkipped: numberOf(counts.skipped),
  };
}

export function readCounts(item: Item): Counts {
  return {
    read: number(item, 'rowsRead'),
    written: number(item, 'rowsWritten'),
    rejected: number(item, 'rowsRejected'),
    superseded: number(item, 'rowsSuperseded'),
    skipped: number(item, 'rowsSkipped'),
  };
}

function missing(item: Item, name: string): never {
  throw new SluiceError(
    'internal',
    `The ledger's record ${item['pk']?.S} / ${item['sk']?.S} has no '${name}': another program wrote it. Delete the record, and upload the file again.`,
    { data: { pk: item['pk']?.S, sk: item['sk']?.S, attribute: name } },
  );
}

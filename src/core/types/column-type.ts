import { fieldText } from '../csv/field.ts';
import type { Format } from '../csv/format.ts';
import type { RecordReader } from '../csv/record-reader.ts';
import type { RejectCode } from '../errors.ts';
import { type Words, wordsOf } from './words.ts';

/** What the cells of a column become. Each type is a file of this folder and a line in `column-types.ts`. */
export type ColumnType = {
  /** DynamoDB's JSON around a value: `{"S":"` and `"}`. */
  readonly opening: string;
  readonly closing: string;
  /** An empty cell is a value (an empty string). Otherwise the item does without the attribute. */
  readonly takesEmpty: boolean;
  /** `isKey`: two equal values must have the same bytes, because an item's key is compared by them. */
  compile(format: Format, isKey: boolean): CellWriter;
};

/** Room for a value in the arena: MAX_EXPANSION bytes (`json-string.ts`) for each byte of its cell, and this. */
export const VALUE_BYTES = 16;

/**
 * Writes the value of the record's field into the arena at `at`. Returns the position behind
 * the value and sets `row.valueBytes`; for an empty cell it may write nothing. REFUSED: `refuse` has set `row.refusal`.
 */
export type CellWriter = (row: Row, field: number, at: number) => number;

export const REFUSED = -1;

/** The record whose cells are written, and what the writers report of it. One object serves all rows. */
export type Row = {
  reader: RecordReader;
  /** The record's bytes, and the arena's. */
  from: Words;
  to: Words;
  /** Size of the value that was written last, as DynamoDB counts it. */
  valueBytes: number;
  /** Why the last cell was refused. */
  refusal: Refusal;
};

export type Refusal = { readonly code: RejectCode; readonly reason: string };

export function createRow(reader: RecordReader, bytes: Uint8Array, arena: Uint8Array): Row {
  const refusal = { code: 'invalid-utf8', reason: '' } as const;
  return { reader, from: wordsOf(bytes), to: wordsOf(arena), valueBytes: 0, refusal };
}

/** Sets the record that the row is, where it differs. */
export function moveRow(row: Row, reader: RecordReader, bytes: Uint8Array, arena: Uint8Array): void {
  row.reader = reader;
  if (row.from.bytes !== bytes) row.from = wordsOf(bytes);
  if (row.to.bytes !== arena) row.to = wordsOf(arena);
}

export function refuse(row: Row, code: RejectCode, reason: string): typeof REFUSED {
  row.refusal = { code, reason };
  return REFUSED;
}

/** The cell in a message: in quotes, cut where it is long. */
export function excerpt({ reader, from }: Row, field: number, format: Format): string {
  const text = fieldText(reader, from.bytes, field, format);
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

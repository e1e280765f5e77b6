import { cellText } from '../csv/cell-text.ts';
import type { Format } from '../csv/format.ts';
import type { RecordReader } from '../csv/record-reader.ts';
import type { RejectCode } from '../errors.ts';
import { type Words, wordsOf } from './words.ts';

/** How DynamoDB's JSON names a type of attribute. `any`: the value itself decides (a column of JSON). */
export type AttributeTag = 'S' | 'N' | 'BOOL' | 'B' | 'SS' | 'NS' | 'L' | 'any';

/** What the cells of a column become. Each type is a file below this folder and a line in `column-types.ts`. */
export type ColumnType = {
  readonly tag: AttributeTag;
  /** Of the table or of an index. */
  readonly mayBeKey: boolean;
  /** `isKey`: two equal values must have the same bytes, because an item's key is compared by them. */
  compile(format: Format, isKey: boolean): CellWriter;
};

/** DynamoDB's JSON around a value. Where it is empty, the writer writes the whole attribute value. */
export const AROUND: Readonly<Record<AttributeTag, readonly [opening: string, closing: string]>> = {
  S: ['{"S":"', '"}'],
  N: ['{"N":"', '"}'],
  B: ['{"B":"', '"}'],
  BOOL: ['{"BOOL":', '}'],
  SS: ['{"SS":[', ']}'],
  NS: ['{"NS":[', ']}'],
  L: ['{"L":[', ']}'],
  any: ['', ''],
};

/**
 * Writes the value of the record's field into the arena at `at`. Returns the position after the value and sets `row.valueBytes`;
 * or NULL_VALUE: the cell has no value; or REFUSED: `row.refusals` say why.
 */
export type CellWriter = (row: Row, field: number, at: number) => number;

export const REFUSED = -1;
export const NULL_VALUE = -2;

/** The record whose cells are written, and what the writers report of it. One object serves all rows. */
export type Row = {
  reader: RecordReader;
  /** The record's bytes, and the arena's. */
  from: Words;
  to: Words;
  /** Size of the value that was written last, as DynamoDB counts it. */
  valueBytes: number;
  /** Of the cell that was refused last: all that is wrong with it. */
  refusals: readonly Refusal[];
};

export type Refusal = { readonly code: RejectCode; readonly reason: string };

export function createRow(reader: RecordReader, bytes: Uint8Array, arena: Uint8Array): Row {
  return { reader, from: wordsOf(bytes), to: wordsOf(arena), valueBytes: 0, refusals: [] };
}

/** Sets the record that the row is, where it differs. */
export function moveRow(row: Row, reader: RecordReader, bytes: Uint8Array, arena: Uint8Array): void {
  row.reader = reader;
  if (row.from.bytes !== bytes) row.from = wordsOf(bytes);
  if (row.to.bytes !== arena) row.to = wordsOf(arena);
}

export function refuse(row: Row, code: RejectCode, reason: string): typeof REFUSED {
  row.refusals = [{ code, reason }];
  return REFUSED;
}

/** The cell in a message: in quotes, cut where it is long. */
export function excerpt({ reader, from }: Row, field: number, format: Format): string {
  const text = cellText(reader, from.bytes, field, format);
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

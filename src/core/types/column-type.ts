import { cellText } from '../csv/cell-text.ts';
import type { Format } from '../csv/format.ts';
import type { RecordReader } from '../csv/record-reader.ts';
import type { RejectCode } from '../errors.ts';
import type { CellOptions } from './cell-options.ts';
import type { CellSpec } from './column-spec.ts';
import { type Words, wordsOf } from './words.ts';

/** How DynamoDB's JSON names a type of attribute. `any`: the value itself decides (a column of JSON). */
export type AttributeTag = 'S' | 'N' | 'BOOL' | 'B' | 'SS' | 'NS' | 'L' | 'any';

/** What a document may say of a type's cells, beside what it may say of the cells of every type. */
export type TypeOption = Exclude<
  keyof CellSpec,
  'type' | 'trim' | 'null_values' | 'quoted_nulls' | 'on_null' | 'strip' | 'not_null' | 'default' | 'enum'
>;

/** What the cells of a column become. Each type is a file below this folder and a line in `column-types.ts`. */
export type ColumnType = {
  tagOf(options: CellOptions): AttributeTag;
  /** Of the table or of an index. */
  readonly mayBeKey: boolean;
  readonly options: readonly TypeOption[];
  /** An empty cell that is no null word is a value. Cells of other types are null if they are empty. */
  readonly takesEmpty?: true;
  /** A value needs at most so many bytes in the arena for each byte of its cell, and MORE_BYTES. Absent: MAX_EXPANSION (`json-string.ts`). */
  readonly bytesPerByte?: number;
  compile(options: CellOptions): ValueWriter;
  /** Cells without any option, straight from the reader: they are most of the cells of most files. */
  compilePlain?(format: Format, isKey: boolean): CellWriter;
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

/**
 * The same for the text [start, end) of `from`: UTF-8 without the escapes of CSV, in an array with SPARE_BYTES after it. An empty
 * text comes here only if it is an empty string.
 */
export type ValueWriter = (result: Result, from: Words, start: number, end: number, at: number) => number;

export const REFUSED = -1;
export const NULL_VALUE = -2;

/** Where values are written, and what their writers report. */
export type Result = {
  /** The arena. */
  to: Words;
  /** Size of the value that was written last, as DynamoDB counts it. */
  valueBytes: number;
  /** Of the last date, time or datetime: milliseconds since 1970 in UTC (a local one as if it were UTC), or since midnight. */
  instantMs: number;
  /** The writer of a cell with a `default` sets it if the cell was null; nobody here resets it. */
  usedDefault: boolean;
  /** Of the cell that was refused last: all that is wrong with it. */
  refusals: readonly Refusal[];
};

/** The record whose cells are written. One object serves all rows. */
export type Row = Result & {
  reader: RecordReader;
  /** The record's bytes. */
  from: Words;
};

export type Refusal = { readonly code: RejectCode; readonly reason: string };

export function createRow(reader: RecordReader, bytes: Uint8Array, arena: Uint8Array): Row {
  return { ...createResult(arena), reader, from: wordsOf(bytes) };
}

export function createResult(arena: Uint8Array): Result {
  return { to: wordsOf(arena), valueBytes: 0, instantMs: 0, usedDefault: false, refusals: [] };
}

/** Sets the record that the row is, where it differs. */
export function moveRow(row: Row, reader: RecordReader, bytes: Uint8Array, arena: Uint8Array): void {
  row.reader = reader;
  if (row.from.bytes !== bytes) row.from = wordsOf(bytes);
  if (row.to.bytes !== arena) row.to = wordsOf(arena);
}

export function refuse(result: Result, code: RejectCode, reason: string): typeof REFUSED {
  result.refusals = [{ code, reason }];
  return REFUSED;
}

/** The cell in a message: in quotes, cut where it is long. */
export function excerpt({ reader, from }: Row, field: number, format: Format): string {
  return shortened(cellText(reader, from.bytes, field, format));
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const MOST_SHOWN = 60;
/** Of a character, at most. */
const UTF8_BYTES = 4;

/** The same of a text in bytes. */
export function excerptOf(bytes: Uint8Array, start: number, end: number): string {
  return shortened(
    decoder.decode(bytes.subarray(start, Math.min(end, start + MOST_SHOWN * UTF8_BYTES + UTF8_BYTES))),
  );
}

function shortened(text: string): string {
  return JSON.stringify(text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text);
}

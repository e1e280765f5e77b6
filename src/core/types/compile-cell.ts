import type { Format } from '../csv/format.ts';
import { AROUND, type CellWriter, type ColumnType } from './column-type.ts';
import { COLUMN_TYPES, type ColumnTypeName } from './column-types.ts';
import { MAX_EXPANSION } from './json-string.ts';

/** What a document says of a column's cells. */
export type ColumnSpec = { readonly type?: ColumnTypeName | undefined };

/** A column's cells, compiled for writing. */
export type CompiledCell = {
  readonly type: ColumnType;
  readonly write: CellWriter;
  /** What stands before and after the value: `{"S":"` and `"}`. */
  readonly opening: string;
  readonly closing: string;
  /** A value needs at most this many bytes in the arena: so many for each byte of its cell, and so many more. */
  readonly room: { readonly perByte: number; readonly more: number };
};

/** Room for a value of the plain types. */
const ROOM = { perByte: MAX_EXPANSION, more: 16 };

export function compileCell(spec: ColumnSpec, format: Format, isKey: boolean): CompiledCell {
  const type: ColumnType = COLUMN_TYPES[spec.type ?? 'string'];
  const [opening, closing] = AROUND[type.tag];
  return { type, write: type.compile(format, isKey), opening, closing, room: ROOM };
}

import { byteTable, invalidText } from '../csv/text/encoding.ts';
import { cellText } from '../csv/cell-text.ts';
import { DEFAULT_FORMAT, type Format } from '../csv/format.ts';
import { BACKSLASHED, ESCAPED, NULL_MARK, QUOTED, SPECIAL } from '../csv/record-reader.ts';

import { cellOptions, type CellOptions } from './cell-options.ts';
import { compileValue } from './cells/compile-value.ts';
import { createScratch, encodeText } from './cells/scratch.ts';
import { unescape } from './cells/unescape.ts';
import {
  AROUND,
  type AttributeTag,
  type CellWriter,
  type ColumnType,
  excerpt,
  refuse,
  type Result,
} from './column-type.ts';
import { columnType } from './column-types.ts';
import type { CellSpec } from './column-spec.ts';
import { MAX_EXPANSION } from './json-string.ts';

/** A column's cells, compiled for writing. */
export type CompiledCell = CompiledText & { readonly write: CellWriter };

/** What the values of a column are. */
export type CompiledText = {
  readonly type: ColumnType;
  readonly tag: AttributeTag;
  /** What stands before and after the value: `{"S":"` and `"}`. */
  readonly opening: string;
  readonly closing: string;
  /** A value needs at most this many bytes in the arena: so many for each byte of its cell, and so many more. */
  readonly room: { readonly perByte: number; readonly more: number };
};

/** Of cells without options: \u001f for a byte, and `false` for `f`. */
const PLAIN_ROOM = { perByte: MAX_EXPANSION, more: 16 };
/** The longest text that does not grow with its cell: a datetime in a format of the dataset's. */
const MORE_BYTES = 128;

/** `isKey`: of the table or of an index; two equal values then have the same bytes. */
export function compileCell(spec: CellSpec, format: Format, isKey: boolean): CompiledCell {
  const options = cellOptions(spec, format, isKey);
  const type = columnType(spec.type);
  const isPlain = type.compilePlain !== undefined && hasNoOption(spec, format, options);
  if (isPlain)
    return { ...describe(type, options), write: type.compilePlain!(format, isKey), room: PLAIN_ROOM };
  return { ...describe(type, options), write: compileWithOptions(type, options, format) };
}

/** Reads a text that is already computed, such as an attribute with a type, like an unquoted cell. */
export function compileText(
  spec: CellSpec,
  format: Format,
  isKey = false,
): CompiledText & { write(result: Result, text: string, at: number): number } {
  const options = cellOptions(spec, format, isKey);
  const type = columnType(spec.type);
  const value = compileValue(type, options);
  return {
    ...describe(type, options),
    write(result, text, at) {
      const { words, length } = encodeText(text, scratch);
      return value.write(result, words, 0, length, false, at);
    },
  };
}

const scratch = createScratch();

function describe(type: ColumnType, options: CellOptions): CompiledText {
  const { default: default_ = '', store = '' } = options.spec;
  const tag = type.tagOf(options);
  const [opening, closing] = AROUND[tag];
  const more = MORE_BYTES + (default_.length + store.length) * MAX_EXPANSION;
  const room = { perByte: type.bytesPerByte ?? MAX_EXPANSION, more };
  return { type, tag, opening, closing, room };
}

/** Whether the cells are what they are in a dataset that says nothing about them but their type. */
function hasNoOption(spec: CellSpec, format: Format, options: CellOptions): boolean {
  const isOnlyTyped = Object.keys(spec).every((name) => OUTSIDE.has(name));
  return (
    isOnlyTyped &&
    options.on_null !== 'reject' &&
    !options.quoted_nulls &&
    (['null_values', 'true_values', 'false_values', 'thousands', 'decimal'] as const).every(
      (name) => JSON.stringify(format[name]) === JSON.stringify(DEFAULT_FORMAT[name]),
    )
  );
}

/** What a document may say of a column that does not change its cells. */
const OUTSIDE = new Set(['type', 'as', 'aliases', 'drop', 'optional']);

function compileWithOptions(type: ColumnType, options: CellOptions, format: Format): CellWriter {
  const value = compileValue(type, options, format.trim);
  const decodes = byteTable(format.encoding) !== null;
  /** Cells with one of these marks are decoded first: others are UTF-8. */
  const encoded = BACKSLASHED | (decodes ? SPECIAL : 0);
  const characters = { quote: (format.quote ?? '').charCodeAt(0), escape: format.escape.charCodeAt(0) };
  const restoresBlanks = format.trim && !options.trim;
  /** The cell that is decoded, as `cellText` takes it. */
  const cell = { starts: new Int32Array(1), ends: new Int32Array(1), marks: new Uint8Array(1) };
  return (row, field, at) => {
    const { starts, ends, marks, recordStart, recordEnd } = row.reader;
    const { bytes } = row.from;
    const mark = marks[field]!;
    if ((mark & NULL_MARK) !== 0) return value.writeNull(row, at);
    const isQuoted = (mark & QUOTED) !== 0;
    let start = starts[field]!;
    let end = ends[field]!;
    if (restoresBlanks && !isQuoted) {
      while (start > recordStart && isBlank(bytes[start - 1]!, format)) start--;
      while (end < recordEnd && isBlank(bytes[end]!, format)) end++;
    }
    if ((mark & encoded) === 0) {
      if ((mark & ESCAPED) === 0) return value.write(row, row.from, start, end, isQuoted, at);
      const words = scratch(end - start);
      return value.write(row, words, 0, unescape(bytes, start, end, characters, words), isQuoted, at);
    }
    cell.starts[0] = start;
    cell.ends[0] = end;
    cell.marks[0] = mark;
    const text = strictText(cell, bytes, format);
    if (text === null) {
      const { code, reason } = invalidText(format.encoding, excerpt(row, field, format));
      return refuse(row, code, reason);
    }
    const { words, length } = encodeText(text, scratch);
    return value.write(row, words, 0, length, isQuoted, at);
  };
}

function strictText(cell: Parameters<typeof cellText>[0], bytes: Uint8Array, format: Format): string | null {
  try {
    return cellText(cell, bytes, 0, format, true);
  } catch {
    return null;
  }
}

/** What the reader has trimmed. */
function isBlank(byte: number, { delimiter }: Format): boolean {
  return (byte === 0x20 || byte === 0x09) && byte !== delimiter.charCodeAt(0);
}

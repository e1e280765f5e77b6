import type { Dataset } from '../dataset/dataset.ts';
import { type CellWriter, NULL_VALUE, refuse, type Row } from '../types/column-type.ts';
import type { ColumnSpec } from '../types/column-spec.ts';
import { compileCell, type CompiledCell } from '../types/compile-cell.ts';
import { type WordText, wordText } from '../types/words.ts';
import type { HeaderColumn, HeaderMatch } from './header/match-header.ts';
import { MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES } from './item.ts';
import { utf8Length } from './values/attribute-size.ts';

/** A column of the file that becomes an attribute, compiled for writing. */
export type Column = {
  /** In the header. */
  readonly name: string;
  /** Position in the record. */
  readonly field: number;
  readonly write: CellWriter;
  readonly room: CompiledCell['room'];
  /** What stands before the value: `,"name":{"S":"`; and behind it. */
  readonly opening: WordText;
  readonly closing: WordText;
  readonly nameBytes: number;
  /** null: the column is no part of a key. */
  readonly key: Key | null;
};

/** A part of the table's key, or of that of an index, which items may lack. */
type Key = { readonly kind: string; readonly maxBytes: number; readonly isIndex: boolean };

const PARTITION_KEY: Key = {
  kind: 'a partition key',
  maxBytes: MAX_PARTITION_KEY_BYTES,
  isIndex: false,
};
const SORT_KEY: Key = { kind: 'a sort key', maxBytes: MAX_SORT_KEY_BYTES, isIndex: false };
const encoder = new TextEncoder();

/**
 * The stored columns of a header in the order of an item's attributes: those of the key first (so that an item's text begins with its
 * key), then the others in the order of the file.
 */
export function compileColumns(dataset: Dataset, { columns }: HeaderMatch): readonly Column[] {
  const { partition, sort } = dataset.key;
  const keys = sort === null ? [partition.name] : [partition.name, sort.name];
  const stored = columns.filter(({ isStored }) => isStored);
  const ofKey = keys.map((key) => stored.find(({ name }) => name === key)!);
  const others = stored.filter(({ name }) => !keys.includes(name));
  /** Thousands of columns may have one spec, that of columns which are not declared. */
  const compiled = new Map<ColumnSpec, CompiledCell & { readonly closingText: WordText }>();
  return [...ofKey, ...others].map((column, index) => {
    const key = index >= keys.length ? indexKey(dataset, column) : index === 0 ? PARTITION_KEY : SORT_KEY;
    const cell = index < keys.length ? compile(column.spec, true) : shared(column.spec);
    return {
      name: column.header,
      field: column.field,
      write: cell.write,
      room: cell.room,
      opening: textOf(`${index === 0 ? '' : ','}${JSON.stringify(column.name)}:${cell.opening}`),
      closing: cell.closingText,
      nameBytes: utf8Length(column.name),
      key,
    };
  });

  function shared(spec: ColumnSpec): ReturnType<typeof compile> {
    const cell = compiled.get(spec) ?? compile(spec, false);
    compiled.set(spec, cell);
    return cell;
  }

  function compile(spec: ColumnSpec, isKey: boolean): CompiledCell & { readonly closingText: WordText } {
    const cell = compileCell(spec, dataset.format, isKey);
    return { ...cell, closingText: textOf(cell.closing) };
  }
}

/** `end`: the position after the value that was written, or NULL_VALUE. Returns it, or REFUSED. */
export function checkKey(row: Row, { kind, maxBytes, isIndex }: Key, end: number, bytes: number): number {
  if (isIndex) {
    if (end === NULL_VALUE || (bytes > 0 && row.valueBytes <= maxBytes)) return end;
    const found = bytes === 0 ? 'empty' : `of ${row.valueBytes} bytes`;
    return refuse(
      row,
      'index-key-invalid',
      `the cell is ${found}; ${kind} must not be empty, and has at most ${maxBytes} bytes`,
    );
  }
  if (end === NULL_VALUE || bytes === 0) {
    return refuse(row, 'key-empty', 'the cell is empty; a key needs a value');
  }
  if (row.valueBytes <= maxBytes) return end;
  return refuse(row, 'key-too-large', `the cell has ${row.valueBytes} bytes; ${kind} takes ${maxBytes}`);
}

function indexKey({ table }: Dataset, { name }: HeaderColumn): Key | null {
  for (const [index, { partition_key, sort_key }] of Object.entries(table.indexes)) {
    const kind = `a key of index '${index}'`;
    if (sort_key?.name === name) return { kind, maxBytes: MAX_SORT_KEY_BYTES, isIndex: true };
    if (partition_key.name === name) return { kind, maxBytes: MAX_PARTITION_KEY_BYTES, isIndex: true };
  }
  return null;
}

function textOf(text: string): WordText {
  return wordText(encoder.encode(text));
}

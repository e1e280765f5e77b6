import { isRejectHeader, REJECT_COLUMNS } from '../csv/header.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { CellWriter } from '../types/column-type.ts';
import { compileCell, type CompiledCell } from '../types/compile-cell.ts';
import { type WordText, wordText } from '../types/words.ts';
import { MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES } from './item.ts';

/** A column of the file that becomes an attribute, compiled for writing. */
export type Column = {
  readonly name: string;
  /** Position in the record. */
  readonly field: number;
  readonly write: CellWriter;
  readonly room: CompiledCell['room'];
  /** What stands before the value: `,"name":{"S":"`; and behind it. */
  readonly opening: WordText;
  readonly closing: WordText;
  readonly nameBytes: number;
  /** null: the column is no part of the table's key. */
  readonly key: Key | null;
};

type Key = { readonly kind: string; readonly maxBytes: number };

const PARTITION_KEY: Key = { kind: 'a partition key', maxBytes: MAX_PARTITION_KEY_BYTES };
const SORT_KEY: Key = { kind: 'a sort key', maxBytes: MAX_SORT_KEY_BYTES };
const encoder = new TextEncoder();

/**
 * The columns of a header in the order of an item's attributes: those of the key first (so that an item's text begins with its
 * key), then the others in the order of the file. The columns of a reject file (`sluice_line` …) are left out.
 */
export function compileColumns(dataset: Dataset, header: readonly string[]): readonly Column[] {
  const { partition_key, sort_key } = dataset.table;
  const keys = sort_key === undefined ? [partition_key] : [partition_key, sort_key];
  const ours = new Set<string>(isRejectHeader(header) ? REJECT_COLUMNS : []);
  const others = header.filter((name) => !keys.includes(name) && !ours.has(name));
  const fields = new Map(header.map((name, field) => [name, field]));
  return [...keys, ...others].map((name, index) => {
    const key = index >= keys.length ? null : index === 0 ? PARTITION_KEY : SORT_KEY;
    const cell = compileCell(dataset.columns[name] ?? {}, dataset.format, key !== null);
    return {
      name,
      field: fields.get(name)!,
      write: cell.write,
      room: cell.room,
      opening: textOf(`${index === 0 ? '' : ','}${JSON.stringify(name)}:${cell.opening}`),
      closing: textOf(cell.closing),
      nameBytes: encoder.encode(name).length,
      key,
    };
  });
}

function textOf(text: string): WordText {
  return wordText(encoder.encode(text));
}

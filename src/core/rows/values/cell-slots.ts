import type { Format } from '../../csv/format.ts';
import { type CellWriter, NULL_VALUE, refuse, REFUSED, type Row } from '../../types/column-type.ts';
import type { ColumnSpec } from '../../types/column-spec.ts';
import { compileCell } from '../../types/compile-cell.ts';
import { type WordText, wordText, writeWords } from '../../types/words.ts';
import { MAX_ITEM_BYTES } from '../item.ts';
import { ABSENT, REMOVED, reserveBytes, setNull, tagAt, TAGS, type TagName, type Values } from './values.ts';

/** A column whose cells become values, compiled. */
export type CellSlot = {
  readonly field: number;
  readonly slot: number;
  readonly write: CellWriter;
  readonly opening: WordText;
  readonly closing: WordText;
  readonly perByte: number;
  readonly fixedBytes: number;
  /** 0: the value itself decides. */
  readonly tag: number;
  /** What a null becomes: ABSENT, REMOVED or TAGS.NULL. */
  readonly onNull: number;
  readonly hasDefault: boolean;
};

const encoder = new TextEncoder();

/** `isCanonical`: two equal values have the same text, because keys and texts are made of it. */
export function compileCellSlot(
  place: { readonly field: number; readonly slot: number },
  spec: ColumnSpec,
  format: Format,
  isCanonical: boolean,
): CellSlot {
  const cell = compileCell(spec, format, isCanonical);
  const opening = wordText(encoder.encode(cell.opening));
  const closing = wordText(encoder.encode(cell.closing));
  const rule = spec.on_null ?? format.on_null;
  const { tag } = cell;
  return {
    ...place,
    write: cell.write,
    opening,
    closing,
    perByte: cell.room.perByte,
    fixedBytes: cell.room.more + opening.length + closing.length,
    tag: tag === 'any' ? 0 : TAGS[tag as TagName],
    onNull: rule === 'store' ? TAGS.NULL : rule === 'remove' ? REMOVED : ABSENT,
    hasDefault: spec.default !== undefined,
  };
}

/** Writes a cell's value into its slot. False: it is refused, `row.refusals` say why. */
export function writeCellSlot(row: Row, values: Values, cell: CellSlot): boolean {
  const { field, slot } = cell;
  const cellBytes = row.reader.ends[field]! - row.reader.starts[field]!;
  if (cellBytes > MAX_ITEM_BYTES) {
    refuse(row, 'field-too-large', `the cell has ${cellBytes} bytes; an item takes ${MAX_ITEM_BYTES} in all`);
    return false;
  }
  reserveBytes(values, cell.perByte * cellBytes + cell.fixedBytes);
  row.to = values.words;
  if (cell.hasDefault) row.usedDefault = false;
  const start = values.used;
  const end = cell.write(row, field, writeWords(cell.opening, row.to, start));
  if (end < 0) {
    if (end === REFUSED) return false;
    if (end === NULL_VALUE && cell.onNull === TAGS.NULL) setNull(values, slot);
    else values.tags[slot] = cell.onNull;
    return true;
  }
  const after = writeWords(cell.closing, row.to, end);
  values.starts[slot] = start;
  values.ends[slot] = after;
  values.sizes[slot] = row.valueBytes;
  values.tags[slot] = cell.tag === 0 ? tagAt(row.to.bytes, start) : cell.tag;
  values.defaulted[slot] = cell.hasDefault && row.usedDefault ? 1 : 0;
  values.used = after;
  return true;
}

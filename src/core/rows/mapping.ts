import type { RecordReader } from '../csv/record-reader.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { createRow, moveRow, NULL_VALUE, refuse, REFUSED, type Row } from '../types/column-type.ts';
import { SPARE_BYTES, writeWords } from '../types/words.ts';
import { type Column, compileColumns } from './columns.ts';
import { MAX_ITEM_BYTES, type MappedItem, type Room, writeUnits } from './item.ts';
import { PLAIN_PUT, type WritePlan } from '../write-plan.ts';
import { limitFaults, MAX_FAULTS, recordFault } from './refusals.ts';
import type { Fault } from '../fault.ts';

/** Turns records into items' texts. Compiled for one dataset and one header. */
export type Mapping = {
  /**
   * Writes the items of the reader's record, which begins on `line` of the file, into the room. `bytes` are the reader's, with SPARE_BYTES
   * behind the record.
   */
  map(reader: RecordReader, bytes: Uint8Array, room: Room, line: number): MapResult;
  /** Of the row that was mapped last: the first `itemCount` of `items` (1 to MAX_ROW_ITEMS), one behind another in the arena. */
  readonly itemCount: number;
  readonly items: readonly MappedItem[];
  /** How the items are written: an item's `plan` is an index into it. */
  readonly plans: readonly WritePlan[];
  /** Of the row that was refused last: its faults, cell by cell, up to MAX_FAULTS; or the one fault of the whole row. */
  readonly faults: readonly Fault[];
};

/** The row has items: `items` describe them. */
export const MAPPED = 1;
/** The dataset leaves the row out. */
export const SKIPPED = 0;
/** REFUSED: the row is rejected, and `faults` say why. */
export type MapResult = typeof MAPPED | typeof SKIPPED | typeof REFUSED;

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** The header must have the columns of the table's key: `missingColumns` checks it. */
export function compileMapping(dataset: Dataset, header: readonly string[]): Mapping {
  const columns = compileColumns(dataset, header);
  const fileColumns = columns.toSorted((a, b) => a.field - b.field);
  const keyColumns = columns.filter(({ key }) => key !== null).length;
  const fixedBytes = columns.reduce(
    (sum, { opening, room }) => sum + opening.length + room.more,
    2 + SPARE_BYTES,
  );
  const perByte = Math.max(...columns.map(({ room }) => room.perByte));
  const item: MappedItem = {
    start: 0,
    keyEnd: 0,
    end: 0,
    sizeBytes: 0,
    units: 0,
    partitionHash: 0,
    keyHash: 0,
    plan: 0,
  };
  let faults: readonly Fault[] = [];
  let row: Row | null = null;

  return {
    map,
    itemCount: 1,
    items: [item],
    plans: [PLAIN_PUT],
    get faults() {
      return faults;
    },
  };

  function map(reader: RecordReader, bytes: Uint8Array, room: Room): MapResult {
    if (reader.fault !== null || reader.fieldCount !== header.length) {
      return refuseRow([recordFault(reader, header, dataset.format)]);
    }
    const at = room.used;
    const arena = room.reserve(roomFor(reader.recordEnd - reader.recordStart));
    row ??= createRow(reader, bytes, arena);
    moveRow(row, reader, bytes, arena);
    let out = at;
    let sizeBytes = 0;
    let hash = FNV_OFFSET;
    arena[out++] = OPEN_BRACE;
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index]!;
      const attributeStart = out;
      out = writeWords(column.opening, row.to, out);
      const valueStart = out;
      out = writeCell(row, column, out);
      if (out < 0) {
        if (out === REFUSED) return refuseCells(row, at);
        out = attributeStart;
        continue;
      }
      sizeBytes += column.nameBytes + row.valueBytes;
      if (sizeBytes > MAX_ITEM_BYTES) return refuseCells(row, at);
      if (index < keyColumns) {
        for (let k = valueStart; k < out; k++) hash = Math.imul(hash ^ arena[k]!, FNV_PRIME);
        hash = mixHash(hash);
        if (index === 0) item.partitionHash = hash;
        item.keyHash = hash;
      }
      out = writeWords(column.closing, row.to, out);
      if (index === keyColumns - 1) item.keyEnd = out;
    }
    arena[out++] = CLOSE_BRACE;
    item.start = at;
    item.end = out;
    item.sizeBytes = sizeBytes;
    item.units = writeUnits(sizeBytes);
    return MAPPED;
  }

  /** Writing stops with the cell that makes the item too large: before it are at most MAX_ITEM_BYTES, and it has as many. */
  function roomFor(recordBytes: number): number {
    return fixedBytes + Math.min(recordBytes, 2 * MAX_ITEM_BYTES) * perByte;
  }

  /** Collects every fault of the row: its cells are written again for it, one over the other. */
  function refuseCells(of: Row, at: number): MapResult {
    const found: Fault[] = [];
    let sizeBytes = 0;
    for (const column of fileColumns) {
      const end = writeCell(of, column, at);
      if (end === REFUSED) found.push(...of.refusals.map((refusal) => ({ column: column.name, ...refusal })));
      else if (end !== NULL_VALUE) sizeBytes += column.nameBytes + of.valueBytes;
      if (found.length > MAX_FAULTS) break;
    }
    if (sizeBytes > MAX_ITEM_BYTES) {
      const reason = `the item has ${sizeBytes} bytes; DynamoDB takes ${MAX_ITEM_BYTES}`;
      found.push({ code: 'item-too-large', column: '', reason });
    }
    return refuseRow(found);
  }

  function refuseRow(found: readonly Fault[]): MapResult {
    faults = limitFaults(found);
    return REFUSED;
  }
}

/** Returns the position behind the value, NULL_VALUE or REFUSED. */
function writeCell(row: Row, column: Column, at: number): number {
  const { starts, ends } = row.reader;
  const cellBytes = ends[column.field]! - starts[column.field]!;
  if (cellBytes > MAX_ITEM_BYTES) {
    const reason = `the cell has ${cellBytes} bytes; an item takes ${MAX_ITEM_BYTES} in all`;
    return refuse(row, 'field-too-large', reason);
  }
  const out = column.write(row, column.field, at);
  return column.key === null || out === REFUSED ? out : checkKey(row, column.key, out, out - at);
}

function checkKey(
  row: Row,
  { kind, maxBytes }: NonNullable<Column['key']>,
  end: number,
  bytes: number,
): number {
  if (end === NULL_VALUE || bytes === 0)
    return refuse(row, 'key-empty', 'the cell is empty; a key needs a value');
  if (row.valueBytes <= maxBytes) return end;
  return refuse(row, 'key-too-large', `the cell has ${row.valueBytes} bytes; ${kind} takes ${maxBytes}`);
}

/** Spreads FNV's low bits over the word (the last step of MurmurHash3). */
function mixHash(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

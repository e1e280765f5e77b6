import type { RecordReader } from '../csv/record-reader.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Fault } from '../fault.ts';
import { createRow, moveRow, NULL_VALUE, refuse, REFUSED, type Row } from '../types/column-type.ts';
import { SPARE_BYTES, writeWords } from '../types/words.ts';
import { PLAIN_PUT } from '../write-plan.ts';
import { checkKey, type Column, compileColumns } from './columns.ts';
import { addToHash, FIRST_HASH, mixHash } from './hash.ts';
import { hasCellRules, type HeaderMatch } from './header/match-header.ts';
import { MAX_ITEM_BYTES, type MappedItem, type Room, writeUnits } from './item.ts';
import { type MapResult, MAPPED, type Mapping } from './mapping.ts';
import { limitFaults, MAX_FAULTS, recordFault } from './rejects/refusals.ts';

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Whether `compilePlainMapping` can map the dataset's rows: each makes one item of its cells, which replaces what is stored, and no
 * rule reads another cell than its own.
 */
export function isPlainDataset(dataset: Dataset, { columns }: HeaderMatch): boolean {
  const { where, transform, attributes, items, format } = dataset;
  const [item] = items;
  if (where !== null || transform !== null || attributes.length > 0 || items.length !== 1) return false;
  const { mode, op_column, newer_by } = item!.write;
  if (mode !== 'put' || op_column !== null || newer_by !== null) return false;
  if (item!.where !== null || item!.include !== null || item!.exclude.length > 0) return false;
  if (item!.attributes.length > 0) return false;
  return columns.every(
    ({ path, spec, isStored }) =>
      path.length === 1 && (spec.on_null ?? format.on_null) !== 'store' && (isStored || !hasCellRules(spec)),
  );
}

/** The mapping of plain datasets: cells are written straight into the item. */
export function compilePlainMapping(
  dataset: Dataset,
  header: readonly string[],
  match: HeaderMatch,
): Mapping {
  const columns = compileColumns(dataset, match);
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
    let hash = FIRST_HASH;
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
        hash = mixHash(addToHash(hash, arena, valueStart, out));
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

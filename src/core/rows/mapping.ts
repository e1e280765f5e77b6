import { copyAsJson, INVALID_UTF8, MAX_EXPANSION, NUL_BYTE } from '../types/json-string.ts';
import { canonicalNumber, checkNumber } from '../types/number.ts';
import { copyWords, SPARE_BYTES, type WordText, wordsOf, wordText, writeWords } from '../types/words.ts';
import { fieldText } from '../csv/field.ts';
import { isRejectHeader, REJECT_COLUMNS } from '../csv/header.ts';
import { ESCAPED, type RecordReader, SPECIAL } from '../csv/record-reader.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { ColumnType } from '../dataset/schema.ts';
import type { RejectCode } from '../errors.ts';
import {
  MAX_ITEM_BYTES,
  MAX_PARTITION_KEY_BYTES,
  MAX_SORT_KEY_BYTES,
  type MappedItem,
  writeUnits,
} from './item.ts';
import type { Fault } from './reject.ts';

/** Turns records into items' texts. Compiled for one dataset and one header. */
export type Mapping = {
  /** Bytes that an item of a record of so many bytes needs in the arena at most. */
  roomFor(recordBytes: number): number;
  /**
   * Writes the item of the record that the reader stands on into `arena` at `at`. True: it is described by `item`. False: the
   * row is refused, `faults` say why, and what lies in the arena from `at` on means nothing. `bytes` are the reader's, with
   * SPARE_BYTES behind the record.
   */
  map(reader: RecordReader, bytes: Uint8Array, arena: Uint8Array, at: number): boolean;
  readonly item: MappedItem;
  /** Of the row that was refused last: all of its cells that are at fault, up to MAX_FAULTS; or the one that the whole row has. */
  readonly faults: readonly Fault[];
};

type Column = {
  readonly name: string;
  /** Position in the record. */
  readonly field: number;
  readonly type: ColumnType;
  readonly role: 'partition' | 'sort' | 'other';
  /** What stands before the value: `,"name":{"S":"`. */
  readonly opening: WordText;
  readonly nameBytes: number;
};

/** A row lists at most so many faults. */
const MAX_FAULTS = 20;

const encoder = new TextEncoder();
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const QUOTE = 0x22;
const PLUS = 0x2b;

/** The header has the columns of the table's key: `missingColumns` sees to it. */
export function compileMapping(dataset: Dataset, header: readonly string[]): Mapping {
  const columns = orderColumns(dataset, header);
  const fileColumns = columns.toSorted((a, b) => a.field - b.field);
  const keyColumns = dataset.table.sort_key === undefined ? 1 : 2;
  const quote = dataset.format.quote.charCodeAt(0);
  const escape = dataset.format.escape.charCodeAt(0);
  const fixedBytes = columns.reduce((sum, column) => sum + column.opening.length + 16, 2 + SPARE_BYTES);
  const item: MappedItem = {
    start: 0,
    keyEnd: 0,
    end: 0,
    sizeBytes: 0,
    units: 0,
    partitionHash: 0,
    keyHash: 0,
  };
  let faults: Fault[] = [];
  /** Value bytes as DynamoDB counts them, of the cell written last. */
  let valueBytes = 0;
  let from = wordsOf(new Uint8Array(0));
  let to = from;

  return {
    // An item is given up as too large with the cell that makes it so: before it are up to MAX_ITEM_BYTES, and it has as many.
    roomFor: (recordBytes) => fixedBytes + Math.min(recordBytes, 2 * MAX_ITEM_BYTES) * MAX_EXPANSION,
    map,
    item,
    get faults() {
      return faults;
    },
  };

  function map(reader: RecordReader, bytes: Uint8Array, arena: Uint8Array, at: number): boolean {
    if (reader.fault !== null) return refuseFault(reader);
    if (reader.fieldCount !== header.length) return refuseFieldCount(reader);
    if (bytes !== from.bytes) from = wordsOf(bytes);
    if (arena !== to.bytes) to = wordsOf(arena);
    let out = at;
    let sizeBytes = 0;
    let hash = 0x811c9dc5;
    arena[out++] = OPEN_BRACE;
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index]!;
      const attributeStart = out;
      out = writeWords(column.opening, to, out);
      const valueStart = out;
      out = writeCell(reader, bytes, arena, out, column);
      if (out < 0) return refuseCells(reader, bytes, arena, at);
      if (out === valueStart && column.type !== 'string') {
        // An empty cell is no number and no boolean: the item does without the attribute.
        out = attributeStart;
        continue;
      }
      sizeBytes += column.nameBytes + valueBytes;
      if (sizeBytes > MAX_ITEM_BYTES) return refuseCells(reader, bytes, arena, at);
      if (index < keyColumns) {
        for (let k = valueStart; k < out; k++) hash = Math.imul(hash ^ arena[k]!, 0x01000193);
        hash = spread(hash);
        if (index === 0) item.partitionHash = hash;
        item.keyHash = hash;
      }
      if (column.type !== 'boolean') arena[out++] = QUOTE;
      arena[out++] = CLOSE_BRACE;
      if (index === keyColumns - 1) item.keyEnd = out;
    }
    arena[out++] = CLOSE_BRACE;
    item.start = at;
    item.end = out;
    item.sizeBytes = sizeBytes;
    item.units = writeUnits(sizeBytes);
    return true;
  }

  /** Notes every fault of the row: its cells are written anew for it, one over the other. */
  function refuseCells(reader: RecordReader, bytes: Uint8Array, arena: Uint8Array, at: number): false {
    faults = [];
    let sizeBytes = 0;
    for (const column of fileColumns) {
      const end = writeCell(reader, bytes, arena, at, column);
      if (end > at || (end === at && column.type === 'string')) sizeBytes += column.nameBytes + valueBytes;
      if (faults.length > MAX_FAULTS) break;
    }
    if (sizeBytes > MAX_ITEM_BYTES) {
      refuse('item-too-large', '', `the item has ${sizeBytes} bytes; DynamoDB takes ${MAX_ITEM_BYTES}`);
    }
    if (faults.length > MAX_FAULTS) {
      const last = faults[MAX_FAULTS - 1]!;
      faults = faults.slice(0, MAX_FAULTS - 1);
      refuse(last.code, last.column, `${last.reason} (further faults of this row are not listed)`);
    }
    return false;
  }

  /** Answers the position behind the value, -1 if the cell is refused. */
  function writeCell(
    reader: RecordReader,
    bytes: Uint8Array,
    arena: Uint8Array,
    at: number,
    column: Column,
  ): number {
    const field = column.field;
    const start = reader.starts[field]!;
    const end = reader.ends[field]!;
    if (end - start > MAX_ITEM_BYTES) {
      refuse(
        'field-too-large',
        column.name,
        `the cell has ${end - start} bytes; an item takes ${MAX_ITEM_BYTES} in all`,
      );
      return -1;
    }
    let out: number;
    if (column.type === 'string') out = writeString(reader, bytes, arena, at, column);
    else if (column.type === 'number') out = writeNumber(reader, bytes, arena, at, column);
    else out = writeBoolean(reader, bytes, arena, at, column);
    if (out >= 0 && column.role !== 'other' && !keyFits(column, out - at)) return -1;
    return out;
  }

  function writeString(
    reader: RecordReader,
    bytes: Uint8Array,
    arena: Uint8Array,
    at: number,
    column: Column,
  ): number {
    const start = reader.starts[column.field]!;
    const end = reader.ends[column.field]!;
    const mark = reader.marks[column.field]!;
    if ((mark & (SPECIAL | ESCAPED)) === 0) {
      valueBytes = end - start;
      return copyWords(from, start, end, to, at);
    }
    const out = copyAsJson(bytes, start, end, arena, at, quote, (mark & ESCAPED) === 0 ? -1 : escape);
    if (out < 0) return refuseText(out, reader, bytes, column);
    valueBytes = (mark & ESCAPED) === 0 ? end - start : decodedBytes(bytes, start, end);
    return out;
  }

  function writeNumber(
    reader: RecordReader,
    bytes: Uint8Array,
    arena: Uint8Array,
    at: number,
    column: Column,
  ): number {
    let start = reader.starts[column.field]!;
    const end = reader.ends[column.field]!;
    if (start === end) {
      valueBytes = 0;
      return at;
    }
    const verdict = checkNumber(bytes, start, end);
    if (verdict !== 'ok') {
      const text = excerpt(fieldText(reader, bytes, column.field, dataset.format));
      refuse(
        verdict,
        column.name,
        verdict === 'number-invalid'
          ? `${text} is not a number`
          : `${text} is beyond DynamoDB's numbers (38 digits, 1E-130 to 9.99E+125)`,
      );
      return -1;
    }
    if (bytes[start] === PLUS) start++;
    let out = at;
    if (column.role === 'other') {
      out = copyWords(from, start, end, to, at);
    } else {
      // 1, 1.0 and 01 are one key: written alike, two items with one key have the same bytes there.
      const text = canonicalNumber(asciiText(bytes, start, end));
      for (let k = 0; k < text.length; k++) arena[out++] = text.charCodeAt(k);
    }
    // "Item sizes and formats": about a byte for two significant digits, and one more.
    valueBytes = ((out - at + 1) >> 1) + 1;
    return out;
  }

  function writeBoolean(
    reader: RecordReader,
    bytes: Uint8Array,
    arena: Uint8Array,
    at: number,
    column: Column,
  ): number {
    const start = reader.starts[column.field]!;
    const end = reader.ends[column.field]!;
    valueBytes = start === end ? 0 : 1;
    if (start === end) return at;
    const isPlain = reader.marks[column.field]! < ESCAPED && end - start <= LONGEST_BOOLEAN;
    const value = isPlain ? BOOLEANS.get(foldedNumber(bytes, start, end)) : undefined;
    if (value === undefined) {
      const text = excerpt(fieldText(reader, bytes, column.field, dataset.format));
      refuse(
        'boolean-invalid',
        column.name,
        `${text} is not a boolean (true, false, yes, no, t, f, y, n, 1 or 0)`,
      );
      return -1;
    }
    let out = at;
    for (let k = 0; k < value.length; k++) arena[out++] = value[k]!;
    return out;
  }

  function keyFits(column: Column, writtenBytes: number): boolean {
    if (writtenBytes === 0) {
      return refuse('key-empty', column.name, 'the cell is empty; a key needs a value');
    }
    const limit = column.role === 'partition' ? MAX_PARTITION_KEY_BYTES : MAX_SORT_KEY_BYTES;
    if (valueBytes <= limit) return true;
    const kind = column.role === 'partition' ? 'a partition key' : 'a sort key';
    return refuse('key-too-large', column.name, `the cell has ${valueBytes} bytes; ${kind} takes ${limit}`);
  }

  function decodedBytes(bytes: Uint8Array, start: number, end: number): number {
    let count = 0;
    for (let at = start; at < end; at++) {
      if (bytes[at] === escape && at + 1 < end && (bytes[at + 1] === quote || bytes[at + 1] === escape)) at++;
      count++;
    }
    return count;
  }

  function refuseText(verdict: number, reader: RecordReader, bytes: Uint8Array, column: Column): number {
    const text = excerpt(fieldText(reader, bytes, column.field, dataset.format));
    if (verdict === NUL_BYTE) refuse('nul-byte', column.name, `${text} holds a NUL byte`);
    if (verdict === INVALID_UTF8) refuse('invalid-utf8', column.name, `${text} is not valid UTF-8`);
    return -1;
  }

  function refuseFault(reader: RecordReader): boolean {
    faults = [];
    const column = header[reader.faultField] ?? '';
    if (reader.fault === 'unclosed-quote') {
      return refuse(
        'unclosed-quote',
        column,
        'the quote that opens this cell is never closed: the row runs to the end of the file',
      );
    }
    if (reader.fault === 'stray-escape') {
      return refuse(
        'stray-escape',
        column,
        `in quotes, ${dataset.format.escape} must stand before ${dataset.format.quote} or another ${dataset.format.escape}: double it if it is meant as itself`,
      );
    }
    if (reader.fault === 'stray-quote') {
      return refuse(
        'stray-quote',
        column,
        'there is a quote inside this cell, which does not begin with one: quote the whole cell and double the quotes inside it, or set format.stray_quotes: literal',
      );
    }
    return refuse(
      'text-after-quote',
      column,
      'there is text behind the closing quote; quotes inside a quoted cell must be escaped',
    );
  }

  function refuseFieldCount(reader: RecordReader): boolean {
    faults = [];
    const counts = `the row has ${reader.fieldCount} fields, the header ${header.length}`;
    return refuse(reader.fieldCount < header.length ? 'too-few-fields' : 'too-many-fields', '', counts);
  }

  function refuse(code: RejectCode, column: string, reason: string): false {
    faults.push({ code, column, reason });
    return false;
  }
}

/** JSON's two words, by the words of the file as numbers: no string has to be made of a cell. */
const BOOLEANS: ReadonlyMap<number, Uint8Array> = new Map(
  [
    ['true', ['true', 't', 'yes', 'y', '1']] as const,
    ['false', ['false', 'f', 'no', 'n', '0']] as const,
  ].flatMap(([json, words]) =>
    words.map((word) => {
      const bytes = encoder.encode(word);
      return [foldedNumber(bytes, 0, bytes.length), encoder.encode(json)] as const;
    }),
  ),
);
const LONGEST_BOOLEAN = 5;

/** Up to six bytes of printable ASCII as a number, capitals as small letters. */
function foldedNumber(bytes: Uint8Array, start: number, end: number): number {
  let number = 0;
  for (let k = start; k < end; k++) number = number * 256 + (bytes[k]! | 0x20);
  return number;
}

/** Key columns first (so that an item's text begins with its key), then the others as the file has them. */
function orderColumns(dataset: Dataset, header: readonly string[]): readonly Column[] {
  const { partition_key, sort_key } = dataset.table;
  const keys = sort_key === undefined ? [partition_key] : [partition_key, sort_key];
  const ours = new Set<string>(isRejectHeader(header) ? REJECT_COLUMNS : []);
  const others = header.filter((name) => !keys.includes(name) && !ours.has(name));
  const fields = new Map(header.map((name, field) => [name, field]));
  return [...keys, ...others].map((name, index) => {
    const type = dataset.columns[name]?.type ?? 'string';
    const tag = { string: '{"S":"', number: '{"N":"', boolean: '{"BOOL":' }[type];
    return {
      name,
      field: fields.get(name)!,
      type,
      role: index >= keys.length ? 'other' : index === 0 ? 'partition' : 'sort',
      opening: wordText(encoder.encode(`${index === 0 ? '' : ','}${JSON.stringify(name)}:${tag}`)),
      nameBytes: encoder.encode(name).length,
    };
  });
}

/** A cell in a message: in quotes, cut where it is long. */
function excerpt(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let k = start; k < end; k++) text += String.fromCharCode(bytes[k]!);
  return text;
}

/** Spreads FNV's low bits over the word (the last step of MurmurHash3). */
function spread(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

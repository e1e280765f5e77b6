import { parse } from 'csv-parse/sync';
import type { RejectCode } from '../../src/core/errors.ts';
import type { Attributes } from '../item.ts';
import type { Chance } from './chance.ts';

/** A record of a file, as csv-parse reads it, with its expected result. */
export type Row = {
  readonly startBytes: number;
  readonly endBytes: number;
  readonly line: number;
  /** null: Sluice or the table refuses it. */
  readonly item: Attributes | null;
  /** '' if Sluice refuses the row. */
  readonly key: string;
  /** `refused-by-table`: only if no later row with its key supersedes it first. */
  readonly reject: RejectCode | null;
};

export type CsvFile = {
  readonly body: Uint8Array;
  /** Without blank rows. */
  readonly rows: readonly Row[];
  /** Offsets of the rows whose cells are all empty, ascending: they are skipped. */
  readonly blanks: readonly number[];
  /** Index of the last row that has the key; keys whose last row the table refuses are left out. */
  readonly lastOfKey: ReadonlyMap<string, number>;
  /** Index of the last row with the key that the table refuses. Earlier rows with the key count as superseded by it. */
  readonly lastRefused: ReadonlyMap<string, number>;
  /** Index by line. */
  readonly rowOfLine: ReadonlyMap<number, number>;
  /** The mark of its rows. */
  readonly mark: string;
};

export type FileTerms = {
  readonly rows: number;
  /** The prefix of every key, so that files with different names have no key in common. */
  readonly keyPrefix: string;
  /** The maximum number of different keys. */
  readonly keys: number;
  /** No key occurs twice. */
  readonly unique: boolean;
  readonly sortKey: boolean;
  /** Marks each row as this file's. */
  readonly mark: string;
  readonly rejectShare: number;
  /** The table refuses some of the rejects. */
  readonly tableRefuses: boolean;
  readonly largeShare: number;
};

/** The table refuses an item with this text, as it would refuse an item that violates a rule of an index. */
export const REFUSED_TEXT = 'an index of the table refuses this';
export const HEADER = ['id', 's', 'n', 'ok', 'text', 'mark'];

const encoder = new TextEncoder();

/** Writes a file with duplicates, rejects, blank rows, quotes and line breaks, and reads it as csv-parse does. */
export function csvFile(terms: FileTerms, chance: Chance): CsvFile {
  const newline = chance.pick(['\n', '\n', '\r\n']);
  const parts = [chance.happens(0.2) ? '﻿' : '', HEADER.join(','), newline];
  const records: string[] = [];
  const places: { startBytes: number; endBytes: number; line: number }[] = [];
  const blanks: number[] = [];
  let bytes = Buffer.byteLength(parts.join(''));
  let line = 2;
  const keeps = !chance.happens(0.3);
  for (let index = 0; index < terms.rows; index++) {
    if (chance.happens(0.01)) {
      blanks.push(bytes);
      add((index % 2 === 0 ? '' : ','.repeat(index % 10)) + newline);
    }
    const record = recordOf(terms, index, chance);
    const startBytes = bytes;
    const startLine = line;
    records.push(record);
    add(record);
    if (index < terms.rows - 1 || keeps) add(newline);
    places.push({ startBytes, endBytes: bytes, line: startLine });
  }
  return { ...read(parts.join(''), places, terms), blanks };

  function add(text: string): void {
    parts.push(text);
    bytes += Buffer.byteLength(text);
    line += text.split('\n').length - 1;
  }
}

/** A file without rows to load: it is empty, or its header lacks the key. */
export function brokenFile(body: string): CsvFile {
  return { body: encoder.encode(body), ...indexed([]), blanks: [], mark: '' };
}

function read(
  text: string,
  places: readonly { startBytes: number; endBytes: number; line: number }[],
  { sortKey, mark }: FileTerms,
): Omit<CsvFile, 'blanks'> {
  const [, ...records] = parse(text, {
    bom: true,
    relax_column_count: true,
    skip_records_with_empty_values: true,
    // An unquoted empty cell is null.
    cast: (cell, { quoting }) => (cell === '' && !quoting ? null : cell),
  }) as (string | null)[][];
  if (records.length !== places.length)
    throw new Error(`csv-parse reads ${records.length} rows of ${places.length}`);
  const rows = records.map((cells, index) => ({ ...places[index]!, ...fateOf(cells, sortKey) }));
  return { body: encoder.encode(text), ...indexed(rows), mark };
}

function indexed(rows: readonly Row[]): Pick<CsvFile, 'rows' | 'lastOfKey' | 'lastRefused' | 'rowOfLine'> {
  const lastOfKey = new Map<string, number>();
  const lastRefused = new Map<string, number>();
  const rowOfLine = new Map<number, number>();
  for (const [index, { key, line, item, reject }] of rows.entries()) {
    rowOfLine.set(line, index);
    if (item !== null) lastOfKey.set(key, index);
    if (reject !== 'refused-by-table') continue;
    lastOfKey.delete(key);
    lastRefused.set(key, index);
  }
  return { rows, lastOfKey, lastRefused, rowOfLine };
}

/** The rules of the documentation for a row of these columns, in their simplest form. */
function fateOf(cells: readonly (string | null)[], sortKey: boolean): Pick<Row, 'item' | 'key' | 'reject'> {
  if (cells.length < HEADER.length) return refused('too-few-fields');
  if (cells.length > HEADER.length) return refused('too-many-fields');
  const [id, s, n, ok, text, mark] = cells;
  if (!id || (sortKey && !s)) return refused('key-empty');
  if (n && !/^-?\d+(\.\d+)?$/.test(n)) return refused('number-invalid');
  if (ok && ok !== 'true' && ok !== 'false') return refused('boolean-invalid');
  const key = sortKey ? `${JSON.stringify(id)} ${s}` : id;
  if (text === REFUSED_TEXT) return { item: null, key, reject: 'refused-by-table' };
  const item: Attributes = { id: { S: id } };
  for (const [name, cell] of Object.entries({ s, text, mark })) {
    if (typeof cell === 'string') item[name] = { S: cell };
  }
  if (n) item['n'] = { N: n };
  if (ok) item['ok'] = { BOOL: ok === 'true' };
  return { item, key, reject: null };
}

function refused(reject: RejectCode): Pick<Row, 'item' | 'key' | 'reject'> {
  return { item: null, key: '', reject };
}

function recordOf(terms: FileTerms, index: number, chance: Chance): string {
  const key = terms.unique ? index : chance.whole(1, terms.keys);
  const cells = [
    `${terms.keyPrefix}-${terms.sortKey ? key % 7 : key}`,
    terms.sortKey ? `s${key}` : chance.pick(['', 'x']),
    chance.pick(['', '7', '-12.50', '123456789']),
    chance.pick(['', 'true', 'false']),
    textOf(terms, chance),
    `${terms.mark}/${index}`,
  ];
  if (chance.happens(terms.rejectShare)) spoil(cells, chance.whole(0, terms.tableRefuses ? 5 : 4));
  return cells.map((cell) => quoted(cell, chance)).join(',');
}

function spoil(cells: string[], how: number): void {
  switch (how) {
    case 0:
      cells.pop();
      break;
    case 1:
      cells.push('one too many');
      break;
    case 2:
      cells[0] = '';
      break;
    case 3:
      cells[2] = 'seven';
      break;
    case 4:
      cells[3] = 'perhaps';
      break;
    default:
      cells[4] = REFUSED_TEXT;
  }
}

function textOf({ largeShare }: FileTerms, chance: Chance): string {
  if (chance.happens(largeShare)) return 'long '.repeat(chance.whole(100, 700));
  return chance.pick(['', 'plain', 'a "quoted" word', 'two\nlines', 'one,two', '\r\n', 'Grüße, 世界 "🎈"']);
}

function quoted(cell: string, chance: Chance): string {
  if (!/[",\r\n]/.test(cell) && !chance.happens(0.05)) return cell;
  return `"${cell.replaceAll('"', '""')}"`;
}

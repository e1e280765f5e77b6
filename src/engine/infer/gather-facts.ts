import { cellText } from '../../core/csv/cell-text.ts';
import type { Format } from '../../core/csv/format.ts';
import { type RecordReader, SPECIAL } from '../../core/csv/record-reader.ts';
import { firstMalformed } from '../../core/infer/guess-encoding.ts';
import type { BrokenRow } from '../../core/infer/inference.ts';
import { addCell, type ColumnFacts, createColumnFacts } from '../../core/infer/types/column-facts.ts';
import type { FileHeader } from '../file/file-header.ts';
import type { InferFile } from './infer.ts';
import { readRows } from './read-rows.ts';

/** What one pass over all rows of a file finds. */
export type FileFacts = {
  readonly columns: readonly ColumnFacts[];
  readonly rows: number;
  readonly brokenRows: number;
  readonly broken: readonly BrokenRow[];
  /** Records that are not UTF-8, if the file is read as such: the first 64 KiB of them. null: there are none. */
  readonly malformed: Uint8Array | null;
  /** Rows at the end that are no data; null: none. */
  readonly footer: Exclude<Format['skip_footer'], number> | number | null;
  /** What makes rows of another width fit. */
  readonly fitting: Partial<Pick<Format, 'short_rows' | 'long_rows'>>;
  readonly lineEnds: { readonly lf: number; readonly crlf: number; readonly cr: number };
};

const MOST_BROKEN_SHOWN = 5;
const MOST_MALFORMED_BYTES = 64 * 1024;
const MOST_FOOTER_ROWS = 10;
const LONGEST_SHOWN = 100;
/** The first letters of TOTALS. */
const TOTAL_LETTERS: ReadonlySet<number> = new Set(Array.from('tgsk', (letter) => letter.charCodeAt(0)));
/** So many rows without their last cells are a habit of the file, not a fault. */
const PADDED_SHARE = 0.05;
const LEAST_PADDED = 3;
const TOTALS = /^(grand total|total|totals|sum|summe|gesamt|kontostand|subtotal)\b/i;
/** Rows from a total on: it may be followed by another. */
const MOST_TOTALS = 3;
const CR = 13;

/** `isRemark`: its only cell that is not empty is the first, of several words. */
type Tail = { readonly first: string; readonly isRemark: boolean };

const ORDINARY: Tail = { first: '', isRemark: false };

export async function gatherFacts(
  file: InferFile,
  header: FileHeader,
  sampleBytes: number | null,
): Promise<FileFacts> {
  const { format, names } = header;
  const columns = names.map(createColumnFacts);
  const isUtf8 = format.encoding === 'utf-8';
  const broken: BrokenRow[] = [];
  /** The last rows: row n is at n modulo their number. */
  const tail: Tail[] = Array.from({ length: MOST_FOOTER_ROWS + 1 }, () => ORDINARY);
  const malformed: Uint8Array[] = [];
  let malformedBytes = 0;
  let rows = 0;
  let brokenRows = 0;
  let short = 0;
  let long = 0;
  let surplusEmpty = 0;
  /** Rows with nothing but a first cell. */
  let lonely = 0;
  /** Short rows before the last row that has all cells: behind it they may be another table. */
  let shortBefore = 0;
  const lineEnds = { lf: 0, crlf: 0, cr: 0 };
  await readRows(file, header, visit, sampleBytes ?? Infinity);
  const footer = format.skip_footer === 0 ? footerOf(lastRows(), lonely) : null;
  const isShort =
    footer === null &&
    shortBefore >= LEAST_PADDED &&
    short > rows * PADDED_SHARE &&
    format.short_rows === 'reject';
  const isSurplus = long > 0 && long === surplusEmpty && format.long_rows === 'reject';
  return {
    columns,
    rows,
    brokenRows,
    broken,
    malformed: malformed.length === 0 ? null : joined(malformed, malformedBytes),
    footer,
    fitting: { ...(isShort ? { short_rows: 'pad' } : {}), ...(isSurplus ? { long_rows: 'drop_empty' } : {}) },
    lineEnds,
  };

  function lastRows(): readonly Tail[] {
    const count = Math.min(rows, tail.length);
    return Array.from({ length: count }, (_, index) => tail[(rows - count + 1 + index) % tail.length]!);
  }

  /** Most rows are told from footers by one byte. */
  function tailOf(reader: RecordReader, bytes: Uint8Array): Tail {
    const mayBeTotal = TOTAL_LETTERS.has(bytes[reader.starts[0]!]! | 0x20);
    const mayBeRemark = reader.fault === null && isLonely(reader);
    if (mayBeRemark) lonely++;
    if (!mayBeTotal && !mayBeRemark) return ORDINARY;
    const first = cellText(reader, bytes, 0, format).slice(0, LONGEST_SHOWN);
    return { first, isRemark: mayBeRemark && /\p{L}.*\s/u.test(first) };
  }

  function visit(reader: RecordReader, bytes: Uint8Array, line: number): void {
    rows++;
    const ended = reader.position - reader.recordEnd;
    if (ended === 2) lineEnds.crlf++;
    else if (ended === 1 && bytes[reader.recordEnd] === CR) lineEnds.cr++;
    else if (ended === 1) lineEnds.lf++;
    if (isUtf8 && malformedBytes < MOST_MALFORMED_BYTES) checkText(reader, bytes);
    const isBroken = reader.fault !== null || reader.fieldCount !== names.length;
    tail[rows % tail.length] = tailOf(reader, bytes);
    if (isBroken) {
      addBroken(reader, bytes, line);
      return;
    }
    shortBefore = short;
    for (let field = 0; field < columns.length; field++)
      addCell(columns[field]!, reader, bytes, field, format, line);
  }

  function addBroken(reader: RecordReader, bytes: Uint8Array, line: number): void {
    brokenRows++;
    if (reader.fault === null && reader.fieldCount < names.length) short++;
    if (reader.fault === null && reader.fieldCount > names.length) {
      long++;
      let isEmpty = reader.fieldCount <= reader.starts.length;
      for (let field = names.length; isEmpty && field < reader.fieldCount; field++) {
        isEmpty = reader.starts[field] === reader.ends[field];
      }
      if (isEmpty) surplusEmpty++;
    }
    if (broken.length === MOST_BROKEN_SHOWN) return;
    const text = new TextDecoder().decode(
      bytes.subarray(reader.recordStart, Math.min(reader.recordEnd, reader.recordStart + LONGEST_SHOWN)),
    );
    const reason = reader.fault ?? `${reader.fieldCount} cells instead of ${names.length}`;
    broken.push({ line, text, reason });
  }

  function checkText(reader: RecordReader, bytes: Uint8Array): void {
    for (let field = 0; field < Math.min(reader.fieldCount, reader.marks.length); field++) {
      if ((reader.marks[field]! & SPECIAL) === 0) continue;
      if (firstMalformed(bytes.subarray(reader.starts[field], reader.ends[field]), 0, true) < 0) continue;
      const record = bytes.slice(
        reader.recordStart,
        Math.min(reader.recordEnd, reader.recordStart + MOST_MALFORMED_BYTES),
      );
      malformed.push(record);
      malformedBytes += record.length;
      return;
    }
  }
}

/**
 * The last rows, if they are a text in the first cell and no other row has only that, or the last rows from one on that begins like a total. A last
 * row that is only cut off is none: it is rejected, so that nobody loses it unnoticed.
 */
function footerOf(tail: readonly Tail[], lonely: number): FileFacts['footer'] {
  const at = tail.findIndex(({ first }) => TOTALS.test(first));
  if (at >= 1 && tail.length - at <= MOST_TOTALS) {
    return { from: TOTALS.exec(tail[at]!.first)![0], max: MOST_FOOTER_ROWS };
  }
  let count = 0;
  while (count < tail.length && tail.at(-1 - count)!.isRemark) count++;
  return count > 0 && count <= MOST_FOOTER_ROWS && count === lonely && count < tail.length ? count : null;
}

function isLonely({ fieldCount, starts, ends }: RecordReader): boolean {
  if (fieldCount > starts.length) return false;
  for (let field = fieldCount - 1; field > 0; field--) if (starts[field] !== ends[field]) return false;
  return true;
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

import { createLineFinder, lineBeginsWith } from '../../core/csv/line-finder.ts';
import { columnNames, headerCells } from '../../core/csv/header/header.ts';
import {
  isRejectHeader,
  rejectColumnCount,
  type RepairColumn,
  repairColumns,
} from '../../core/csv/header/reject-columns.ts';
import { encodeText, encodingKind } from '../../core/csv/text/encoding.ts';
import type { Format } from '../../core/csv/format.ts';
import { createRecordReader, type RecordReader } from '../../core/csv/record-reader.ts';
import { isBlankRow } from '../../core/csv/record-shape.ts';
import { isSeparatorLine } from '../../core/csv/header/separator-line.ts';
import { textEnd } from '../../core/csv/text/text-end.ts';
import type { Dataset } from '../../core/dataset/dataset.ts';
import { SluiceError } from '../../core/errors.ts';
import { type ObjectRef, objectName } from '../../core/imports/import.ts';
import { type Warning, warning } from '../../core/imports/warning.ts';
import { MAX_RECORD_BYTES } from '../../core/intake.ts';
import type { Source } from '../../core/ports.ts';
import { headerLine } from '../../core/rows/rejects/reject.ts';
import { openText } from './file-text.ts';
import type { TextCoding } from '../../core/csv/text/text-coding.ts';

/** What is known of a file before its first row is read. */
export type FileHeader = {
  /** By which its rows are read: the dataset's, with the encoding that the file has. A reject file has no footer and no comments. */
  readonly format: Format;
  /** Its reject files need a byte order mark, because they have another encoding than the dataset declares. */
  readonly needsMark: boolean;
  readonly coding: TextCoding;
  /** It is declared in a single-byte encoding, and the beginning does not show that it is no UTF-8. */
  readonly mayBeUtf8: boolean;
  /** Clean and unique; '' is a column that is not stored. */
  readonly names: readonly string[];
  /** The header of the file's reject file, without Sluice's columns and without a line end. */
  readonly raw: Uint8Array;
  /** Where the first record begins: offset and line. */
  readonly endBytes: number;
  readonly endLine: number;
  /** null: it is no reject file. Otherwise the imports whose rejected rows it gives again, as far as it says. */
  readonly repairs: readonly RepairColumn[] | null;
  /** Of what stands before the rows. */
  readonly warnings: readonly Warning[];
};

/** Most headers are in the first read. */
const FIRST_READ_BYTES = 64 * 1024;
/** Behind a header of the largest size its CR and LF are still in the last read. */
const LAST_READ_BYTES = MAX_RECORD_BYTES + 2;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Opens an object and reads its header, behind what may stand before it: byte order marks, lines to skip, comments, blank rows, and
 * Excel's `sep=` line. Throws `not-csv`, `encoding-mismatch`, `empty-file`, `header-invalid`, `header-not-found`,
 * `duplicate-header`, `too-many-columns`, `record-too-large` (with what stands before it), and what the source throws.
 */
export async function readFileHeader(
  source: Source,
  object: ObjectRef,
  dataset: Dataset,
): Promise<FileHeader> {
  const text = await openText(source, object, dataset.format, FIRST_READ_BYTES);
  for (let length = FIRST_READ_BYTES; ; length = Math.min(length * 8, LAST_READ_BYTES)) {
    const { bytes, end, last } = length === FIRST_READ_BYTES ? text : await text.read(length);
    const found =
      findHeader(bytes, end, last, text.format) ?? (last ? withoutHeader(object, text.format, end) : null);
    if (found !== null) {
      const { encoding } = text.format;
      const needsMark = encoding !== dataset.format.encoding || encodingKind(encoding) === 'stream';
      return { ...found, coding: text.coding, mayBeUtf8: text.mayBeUtf8, needsMark };
    }
    if (length === LAST_READ_BYTES) throw tooLarge(dataset.format);
  }
}

type Found = Omit<FileHeader, 'coding' | 'mayBeUtf8' | 'needsMark'>;

/** A file that ends before its header does: done without rows if the dataset has the names, otherwise it fails. */
function withoutHeader(object: ObjectRef, format: Format, end: number): Found {
  const { names } = format;
  if (names !== null) {
    const columns = columnNames(names, format, 1);
    return {
      format,
      names: columns,
      raw: headerLine(columns, format),
      endBytes: end,
      endLine: 1,
      repairs: null,
      warnings: [],
    };
  }
  const data = { bucket: object.bucket, key: object.key };
  const { header, skip_lines } = format;
  const name = objectName(object);
  if (end > 0 && typeof skip_lines !== 'number') {
    throw new SluiceError(
      'header-not-found',
      `${name} has no header: none of its first lines begins with ${JSON.stringify(skip_lines.until)}. Fix format.skip_lines of the dataset, or the file.`,
      { data },
    );
  }
  const what = header === 1 ? 'is empty: it has no header' : `ends before the ${header} rows of its header`;
  throw new SluiceError('empty-file', `${name} ${what}. Upload it again with a header.`, { data });
}

/** null: it is not complete in these bytes. */
function findHeader(bytes: Uint8Array, end: number, last: boolean, format: Format): Found | null {
  const stop = last ? textEnd(bytes, 0, end) : end;
  const marks = countMarks(bytes);
  const warnings: Warning[] = [];
  if (marks > 1) {
    const text = `${marks} byte order marks precede the header, and were skipped.`;
    warnings.push(warning('repeated-mark', text));
  }
  const start = marks * BYTE_ORDER_MARK.length;
  const repaired = findRejectHeader(bytes, start, stop, last, format);
  if (repaired !== null) return { ...repaired, warnings };
  const preamble = skipLines(bytes, start, stop, last, format);
  if (preamble === null) return null;
  const reader = createRecordReader(format);
  reader.open(bytes, preamble.at, stop, last);
  let { line } = preamble;
  for (;;) {
    const { position } = reader;
    if (!reader.next()) return format.header === 0 && last && stop > 0 ? headless(position) : null;
    if (reader.recordEnd > MAX_RECORD_BYTES) throw tooLarge(format);
    const raw = bytes.subarray(reader.recordStart, reader.recordEnd);
    if (isSeparatorLine(raw, line, format)) {
      warnings.push(warning('separator-line', `Line ${line} is a sep= line for Excel, and was skipped.`));
    } else if (format.header === 0) {
      return headless(position);
    } else if (!reader.isComment && !isBlankRow(reader)) {
      return readNames(reader, bytes, format, line, warnings);
    }
    line += reader.lines;
  }

  /** The first record is a row. */
  function headless(endBytes: number): Found {
    const names = columnNames(format.names!, format, line);
    return {
      format,
      names,
      raw: headerLine(names, format),
      endBytes,
      endLine: line,
      repairs: null,
      warnings,
    };
  }
}

/** Names from the reader's record and, if the header has several rows, from those after it. */
function readNames(
  reader: RecordReader,
  bytes: Uint8Array,
  format: Format,
  firstLine: number,
  warnings: readonly Warning[],
): Found | null {
  let line = firstLine;
  const raw = bytes.slice(reader.recordStart, reader.recordEnd);
  const rows = [headerCells(reader, bytes, format, line)];
  line += reader.lines;
  while (rows.length < format.header) {
    if (!reader.next()) return null;
    if (reader.recordEnd > MAX_RECORD_BYTES) throw tooLarge(format);
    if (!reader.isComment) rows.push(headerCells(reader, bytes, format, line));
    line += reader.lines;
  }
  const width = Math.max(...rows.map((cells) => cells.length));
  const found = { format, endBytes: reader.position, endLine: line, repairs: null, warnings };
  if (rows.length === 1) return { ...found, names: columnNames(rows[0]!, format, firstLine), raw };
  const joined = Array.from({ length: width }, (_, field) =>
    rows.map((cells) => cells[field] ?? '').join(' '),
  );
  const names = columnNames(joined, format, firstLine);
  return { ...found, names, raw: headerLine(names, format) };
}

/**
 * The header of a reject file that is uploaded again: it is the first row, whatever the format says of lines to skip, of the header
 * and of the footer. null: the file is none.
 */
function findRejectHeader(
  bytes: Uint8Array,
  start: number,
  stop: number,
  last: boolean,
  declared: Format,
): Omit<Found, 'warnings'> | null {
  const format: Format = { ...declared, comment: [], skip_lines: 0, skip_footer: 0, header: 1 };
  const reader = createRecordReader(format);
  reader.open(bytes, start, stop, last);
  const isMarked = [REJECT_MARK, QUOTED_MARK].some((mark) =>
    lineBeginsWith(bytes, start, stop, mark, format),
  );
  if (!isMarked || !reader.next() || reader.fault !== null) return null;
  const cells = headerCells(reader, bytes, format, 1);
  if (!isRejectHeader(cells)) return null;
  const ours = rejectColumnCount(cells);
  if (format.names !== null) checkCount(format.names, cells.length - ours, 1);
  const all = format.names === null ? cells : [...cells.slice(0, ours), ...format.names];
  const raw = bytes.slice(reader.recordStart, reader.recordEnd);
  return {
    format,
    names: columnNames(all, format, 1),
    raw,
    endBytes: reader.position,
    endLine: 1 + reader.lines,
    repairs: repairColumns(cells),
  };
}

const REJECT_MARK = new TextEncoder().encode('sluice_line');
/** Programs for tables may quote every cell. */
const QUOTED_MARK = new TextEncoder().encode('"sluice_line');

/** Where the header begins, behind the lines to skip; null: not in these bytes. */
function skipLines(
  bytes: Uint8Array,
  start: number,
  stop: number,
  last: boolean,
  format: Format,
): { at: number; line: number } | null {
  const { skip_lines } = format;
  const until = typeof skip_lines === 'number' ? null : encodeText(skip_lines.until, format.encoding);
  const most = typeof skip_lines === 'number' ? skip_lines : Infinity;
  const finder = createLineFinder(format);
  let at = start;
  let line = 1;
  for (let skipped = 0; skipped < most; skipped++) {
    if (at >= stop) return null;
    const found = finder.lineAt(bytes, at, stop, last);
    if (found === null) return null;
    if (until !== null && lineBeginsWith(bytes, at, found.end, until, format)) return { at, line };
    at = found.next;
    line += found.lines;
  }
  return { at, line };
}

function checkCount(names: readonly string[], columnCount: number, line: number): void {
  if (names.length === columnCount) return;
  throw new SluiceError(
    'header-invalid',
    `The header (line ${line}) has ${columnCount} columns, but format.names of the dataset has ${names.length} names. Fix format.names, or check format.delimiter.`,
    { data: { line, columns: columnCount, names: names.length } },
  );
}

/** Byte order marks at the beginning: programs that join or convert files repeat it. */
function countMarks(bytes: Uint8Array): number {
  let marks = 0;
  while (BYTE_ORDER_MARK.every((byte, index) => bytes[marks * BYTE_ORDER_MARK.length + index] === byte))
    marks++;
  return marks;
}

function tooLarge({ skip_lines }: Format): SluiceError {
  const until =
    typeof skip_lines === 'number' ? '' : ` No line of it begins with ${JSON.stringify(skip_lines.until)}.`;
  return new SluiceError(
    'record-too-large',
    `The header, with what precedes it, has more than ${MAX_RECORD_BYTES} bytes.${until} Probably a quote in it is not closed: close it, or set format.quote.`,
  );
}

import type { Format } from './format.ts';
import { createQuoteRepair } from './quote-repair.ts';
import { MAX_FIELDS, type RecordReader } from './record-reader.ts';

/** What a record is, once it is fitted to the header. */
export const ROW = 0;
/** Its cells are all empty, quoted or not: an empty line, or a line of delimiters. */
export const BLANK = 1;
/** A line that begins with a text of `format.comment`. */
export const COMMENT = 2;

/** Fits records to a header of so many cells, as the format says, before their cells are looked at. */
export type RecordShape = {
  /**
   * Says what the reader's record is, and changes its cells: adds empty ones (`short_rows: pad`), leaves out surplus ones (`long_rows:
   * drop_empty`), or reads its quotes in another way (`stray_quotes: repair`). `bytes` are the reader's.
   */
  fit(bytes: Uint8Array): typeof ROW | typeof BLANK | typeof COMMENT;
  /** Rows whose quotes were repaired. */
  readonly repaired: number;
};

export function createRecordShape(format: Format, reader: RecordReader, columnCount: number): RecordShape {
  const pads = format.short_rows === 'pad';
  const drops = format.long_rows === 'drop_empty';
  const repair = format.stray_quotes === 'repair' ? createQuoteRepair(format, reader, columnCount) : null;
  let repaired = 0;
  if (pads) reader.reserve(columnCount);

  return {
    fit(bytes) {
      if (reader.isComment) return COMMENT;
      if (isBlankRow(reader)) return BLANK;
      if ((reader.fieldCount === columnCount && reader.fault === null) || canFit()) return ROW;
      // Another number of cells alone says nothing about quotes: a delimiter may be missing.
      if (repair !== null && reader.fault !== null && repair(bytes)) repaired++;
      return ROW;
    },
    get repaired() {
      return repaired;
    },
  };

  function canFit(): boolean {
    if (reader.fault !== null) return false;
    if (reader.fieldCount < columnCount) {
      if (pads) pad(reader, columnCount);
      return pads;
    }
    if (!drops || !areEmptyFrom(reader, columnCount)) return false;
    reader.fieldCount = columnCount;
    return true;
  }
}

/** A row whose cells are all empty, quoted or not: an empty line, or a line of delimiters. */
export function isBlankRow(reader: RecordReader): boolean {
  const { isComment, starts, ends, fault } = reader;
  return starts[0] === ends[0] && !isComment && fault === null && areEmptyFrom(reader, 0);
}

function areEmptyFrom({ fieldCount, starts, ends }: RecordReader, first: number): boolean {
  // The reader does not store the positions of more cells.
  if (fieldCount > MAX_FIELDS) return false;
  for (let field = first; field < fieldCount; field++) if (starts[field] !== ends[field]) return false;
  return true;
}

function pad(reader: RecordReader, columnCount: number): void {
  const { starts, ends, marks, fieldCount, recordEnd } = reader;
  starts.fill(recordEnd, fieldCount, columnCount);
  ends.fill(recordEnd, fieldCount, columnCount);
  marks.fill(0, fieldCount, columnCount);
  reader.fieldCount = columnCount;
}

import { CsvError, parse } from 'csv-parse/sync';
import { cellText } from '../../src/core/csv/cell-text.ts';
import type { Format } from '../../src/core/csv/format.ts';
import { createRecordReader, NULL_MARK } from '../../src/core/csv/record-reader.ts';
import { type FuzzDocument, LINE_ENDS } from './documents.ts';
import type { Cell } from './write-cell.ts';

export type ReadRecord = {
  readonly fields: readonly Cell[];
  readonly fault: string | null;
  readonly line: number;
  readonly start: number;
  readonly end: number;
};

const buffer = new Uint8Array(1 << 20);

/** As the engine does: one buffer, in which what is left moves to the front and the next piece comes behind it. Without comments. */
export function readInPieces({ bytes, format }: FuzzDocument, stops: readonly number[]): ReadRecord[] {
  const reader = createRecordReader(format);
  const records: ReadRecord[] = [];
  let filled = 0;
  let at = 0;
  let line = 1;
  for (const stop of stops) {
    buffer.copyWithin(0, reader.position, filled);
    filled -= reader.position;
    buffer.set(bytes.subarray(at, stop), filled);
    filled += stop - at;
    at = stop;
    reader.open(buffer, 0, filled, stop === bytes.length);
    while (reader.next()) {
      const { fault, recordStart, recordEnd, isComment } = reader;
      const before = at - filled;
      if (!isComment)
        records.push({ fields: cells(), fault, line, start: before + recordStart, end: before + recordEnd });
      line += reader.lines;
    }
  }
  return records;

  function cells(): Cell[] {
    return Array.from({ length: reader.fieldCount }, (_, field) =>
      (reader.marks[field]! & NULL_MARK) === 0 ? cellText(reader, buffer, field, format) : null,
    );
  }
}

/** Whether csv-parse has all options of the format. It has no backslashes outside of quotes, and trims line ends before all else. */
export function isKnownToCsvParse({ backslash_escapes, comment, trim, line_end, quote }: Format): boolean {
  if (backslash_escapes || comment.length > 1) return false;
  return !trim || (comment.length === 0 && line_end === 'any' && quote !== null);
}

/** csv-parse trims more than spaces and tabs. */
export function hasOtherBlanks({ format, text }: Pick<FuzzDocument, 'format' | 'text'>): boolean {
  return format.trim && /[^\S \t\r\n]/.test(text);
}

/** null: it refuses the document. */
export function readByCsvParse({ text, format }: Pick<FuzzDocument, 'format' | 'text'>): string[][] | null {
  const { delimiter, quote, escape, trim, comment, line_end, stray_quotes } = format;
  try {
    return parse(text, {
      delimiter,
      quote,
      escape: quote === null ? null : escape,
      trim,
      comment: comment[0] ?? null,
      comment_no_infix: true,
      // The longest first.
      record_delimiter: LINE_ENDS[line_end].toSorted((a, b) => b.length - a.length),
      relax_column_count: true,
      relax_quotes: stray_quotes === 'literal',
    });
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}

import type { RejectCode } from '../errors.ts';
import {
  BACKSLASH,
  byteClasses,
  CARE,
  DATA_LINE,
  DELIMITER,
  LINE_END,
  PLAIN,
  QUOTE,
  STRAY_QUOTE,
} from './byte-classes.ts';
import type { Format } from './format.ts';
import { createLineFinder, type Line } from './line-finder.ts';

/** The cell is quoted; `starts` and `ends` are inside the quotes. */
export const QUOTED = 1;
/** The cell contains an escape (such as a doubled quote) that is not part of its value. */
export const ESCAPED = 2;
/** The cell contains a byte that JSON must escape, that is not ASCII, or a backslash. */
export const SPECIAL = 4;
/** The cell contains backslash escapes (`format.backslash_escapes`), and is SPECIAL. */
export const BACKSLASHED = 8;
/** The cell is an unquoted `\N`, which means null (`format.backslash_escapes`). */
export const NULL_MARK = 16;

/**
 * Splits bytes into records and cells: RFC 4180 with the line ends, quotes and escapes of the format. A quote inside an unquoted cell
 * is a fault, or with `stray_quotes: literal` a plain character. With `trim`, spaces and tabs around a cell, outside its quotes, are
 * left out. The reader copies nothing: it returns positions in the bytes that were given to `open`, valid until the next call of
 * `next`.
 */
export type RecordReader = {
  /**
   * Reads the bytes [start, end) next. A record must begin at `start`. `last`: the file ends at `end`. The byte at `end` must exist,
   * because it is overwritten.
   */
  open(bytes: Uint8Array, start: number, end: number, last: boolean): void;
  /** Reads a record; false if no complete record is left. The rest begins at `position`. */
  next(): boolean;
  /** Makes room for the positions of so many cells, which a caller may add to a record. */
  reserve(fields: number): void;
  /** Where the next record begins. */
  position: number;

  recordStart: number;
  /** Exclusive, without the record end's CR and LF. The next record begins at `position`. */
  recordEnd: number;
  /** The record is a line that begins with a text of `format.comment`. It has no cells. */
  isComment: boolean;
  /** Beyond MAX_FIELDS, cells are only counted. */
  fieldCount: number;
  starts: Int32Array;
  /** Exclusive. */
  ends: Int32Array;
  /** Sum of QUOTED, ESCAPED, SPECIAL, BACKSLASHED and NULL_MARK. */
  marks: Uint8Array;
  /** Line ends in the record, including its own. With `line_end: crlf` each LF is one. */
  lines: number;
  /** The first fault of the record, and the cell (from 0) from which the record cannot be trusted; null: none. */
  fault: Extract<RejectCode, 'text-after-quote' | 'unclosed-quote' | 'stray-escape' | 'stray-quote'> | null;
  faultField: number;
};

/** The most cells whose positions are stored; a power of two. A record of 4 MiB can have four million cells. */
export const MAX_FIELDS = 32_768;
const LF = 10;
const CR = 13;
const CAPITAL_N = 0x4e;

export function createRecordReader(format: Format): RecordReader {
  const { outside, inside, quote, escape, delimiter, blanks } = byteClasses(format);
  const escapeIsQuote = escape === quote;
  /** A CR and the LF behind it are one line end; `isPair`: only both together are one. */
  const mayPair = format.line_end === 'any' || format.line_end === 'crlf';
  const isPair = format.line_end === 'crlf';
  /** What ends a cell outside quotes, or a line, does not show in one byte. */
  const isLoose = isPair || blanks !== null;
  const comments = format.comment.length === 0 ? null : createLineFinder(format);
  /** Stands behind the last byte and stops every loop below, so no loop compares positions. */
  const sentinel = format.line_end === 'cr' || isPair ? CR : LF;

  let bytes = new Uint8Array(0);
  let end = 0;
  let last = false;

  const reader: RecordReader = {
    open,
    next,
    reserve,
    position: 0,
    recordStart: 0,
    recordEnd: 0,
    isComment: false,
    fieldCount: 0,
    starts: new Int32Array(64),
    ends: new Int32Array(64),
    marks: new Uint8Array(64),
    lines: 0,
    fault: null,
    faultField: 0,
  };
  return reader;

  function open(newBytes: Uint8Array, start: number, newEnd: number, isLast: boolean): void {
    bytes = newBytes as Uint8Array<ArrayBuffer>;
    end = newEnd;
    last = isLast;
    reader.position = start;
    bytes[end] = sentinel;
  }

  function next(): boolean {
    const data = bytes;
    const stop = end;
    const begin = reader.position;
    if (begin >= stop) return false;
    if (comments !== null) {
      const found = comments.commentAt(data, begin, stop, last);
      if (found === 'incomplete') return false;
      if (found !== null) return setComment(begin, found);
    }
    let { starts, ends, marks } = reader;
    let at = begin;
    let field = 0;
    /** Cells beyond MAX_FIELDS. */
    let lost = 0;
    let lines = 1;
    reader.fault = null;
    for (;;) {
      if (field === starts.length) {
        if (field === MAX_FIELDS) {
          field--;
          lost++;
        } else {
          reserve(field * 2);
          ({ starts, ends, marks } = reader);
        }
      }
      let mark = 0;
      let kind: number;
      if (blanks !== null) {
        // The line end after the last byte is not a blank.
        while (blanks[data[at]!] === 1) at++;
        if (at >= stop && field === 0) {
          // Blanks after the last line end are not a record.
          if (last) reader.position = stop;
          return false;
        }
      }
      /** The cell, or what follows its quotes, must be read byte by byte. */
      let isText = false;
      if (data[at] === quote && at < stop) {
        mark = QUOTED;
        at++;
        starts[field] = at;
        for (;;) {
          while ((kind = inside[data[at]!]!) === PLAIN) at++;
          if (at >= stop) {
            if (!last) return false;
            setFault('unclosed-quote', field);
            break;
          }
          if (kind === LINE_END) {
            mark |= SPECIAL;
            if (data[at] === LF || data[at + 1] !== LF || at + 1 >= stop || !mayPair) lines++;
          } else if (kind === CARE) {
            mark |= SPECIAL;
          } else if (kind === QUOTE) {
            if (!escapeIsQuote || data[at + 1] !== quote || at + 1 >= stop) break;
            mark |= ESCAPED;
            at++;
          } else if (kind === BACKSLASH) {
            mark |= SPECIAL | BACKSLASHED;
            // A line end needs no escape in quotes, and is counted as any other.
            if (at + 1 < stop && inside[data[at + 1]!] !== LINE_END) at++;
          } else if ((data[at + 1] === quote || data[at + 1] === escape) && at + 1 < stop) {
            mark |= ESCAPED;
            at++;
          } else {
            // The byte after the last one may be a quote.
            if (at + 1 < stop) setFault('stray-escape', field);
            mark |= SPECIAL;
          }
          at++;
        }
        ends[field] = at;
        if (at < stop) {
          // The quote closes the cell, if the byte after it is known.
          at++;
          if (blanks !== null) while (blanks[data[at]!] === 1) at++;
          if (at >= stop && !last) return false;
          kind = outside[data[at]!]!;
          if (isPair && kind === LINE_END && at < stop && data[at + 1] !== LF) {
            if (at + 1 >= stop && !last) return false;
            kind = CARE;
          }
          if (kind < DELIMITER) {
            setFault('text-after-quote', field);
            isText = true;
          }
        }
      } else {
        starts[field] = at;
        while ((kind = outside[data[at]!]!) === PLAIN) at++;
        ends[field] = at;
        isText = kind < DELIMITER || isLoose;
      }
      if (isText) {
        /** Blanks before this are escaped. */
        let escapedEnd = starts[field]!;
        for (;;) {
          while ((kind = outside[data[at]!]!) < DELIMITER) {
            if (kind !== PLAIN) {
              mark |= SPECIAL;
              if (kind === STRAY_QUOTE) {
                setFault('stray-quote', field);
              } else if (kind === DATA_LINE) {
                lines++;
              } else if (kind === BACKSLASH) {
                if (at + 1 >= stop && !last) return false;
                if (at + 1 >= stop) setFault('stray-escape', field);
                else at++;
                if (mayPair && data[at] === CR) {
                  if (at + 1 >= stop && !last) return false;
                  if (at + 1 < stop && data[at + 1] === LF) at++;
                }
                if (inside[data[at]!] === LINE_END) lines++;
                mark |= BACKSLASHED;
                escapedEnd = at + 1;
              }
            }
            at++;
          }
          if (!isPair || kind !== LINE_END || at >= stop || (data[at + 1] === LF && at + 1 < stop)) break;
          if (at + 1 >= stop && !last) return false;
          mark |= SPECIAL;
          at++;
        }
        let textEnd = at;
        if (blanks !== null) while (textEnd > escapedEnd && blanks[data[textEnd - 1]!] === 1) textEnd--;
        ends[field] = textEnd;
        // A backslash and the N: nothing else is two bytes of which one is a backslash that escapes.
        const isNull = textEnd === starts[field]! + 2 && data[textEnd - 1] === CAPITAL_N;
        if (isNull && mark === (SPECIAL | BACKSLASHED)) mark |= NULL_MARK;
      }
      marks[field] = mark;
      field++;
      if (at >= stop) {
        if (!last) return false;
        reader.position = stop;
        break;
      }
      if (data[at] === delimiter) {
        at++;
        continue;
      }
      if (data[at] === LF || !mayPair) {
        reader.position = at + 1;
        break;
      }
      if (at + 1 >= stop && !last) return false;
      reader.position = at + 1 < stop && data[at + 1] === LF ? at + 2 : at + 1;
      break;
    }
    reader.recordStart = begin;
    reader.recordEnd = at;
    reader.isComment = false;
    reader.fieldCount = field + lost;
    reader.lines = lines;
    return true;
  }

  function setComment(recordStart: number, { end: recordEnd, next: position, lines }: Line): true {
    const place = { recordStart, recordEnd, position, lines };
    Object.assign(reader, place, { isComment: true, fieldCount: 0, fault: null });
    return true;
  }

  function setFault(fault: NonNullable<RecordReader['fault']>, field: number): void {
    if (reader.fault !== null) return;
    reader.fault = fault;
    reader.faultField = field;
  }

  function reserve(fields: number): void {
    if (fields <= reader.starts.length) return;
    const { starts, ends, marks } = reader;
    reader.starts = new Int32Array(fields);
    reader.ends = new Int32Array(fields);
    reader.marks = new Uint8Array(fields);
    reader.starts.set(starts);
    reader.ends.set(ends);
    reader.marks.set(marks);
  }
}

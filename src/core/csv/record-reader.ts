import type { Format } from './format.ts';
import type { RejectCode } from '../errors.ts';

/** The field is quoted; `starts` and `ends` are inside the quotes. */
export const QUOTED = 1;
/** The field contains an escape (such as a doubled quote) that is not part of its value. */
export const ESCAPED = 2;
/** The field contains a byte that JSON must escape, or that is not ASCII. */
export const SPECIAL = 4;

/**
 * Splits bytes into records and fields: RFC 4180 with CR, LF and CRLF as record ends, in any mix. A quote inside an unquoted field is
 * a fault, or with `stray_quotes: literal` a plain character. With `trim`, spaces and tabs around a field, outside its quotes, are
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
  /** Where the next record begins. */
  position: number;

  recordStart: number;
  /** Exclusive, without the record end's CR and LF. The next record begins at `position`. */
  recordEnd: number;
  /** Beyond MAX_FIELDS, fields are only counted. */
  fieldCount: number;
  starts: Int32Array;
  /** Exclusive. */
  ends: Int32Array;
  /** Sum of QUOTED, ESCAPED and SPECIAL. */
  marks: Uint8Array;
  /** Line ends in the record, including its own. */
  lines: number;
  /** The first fault of the record, and the field (from 0) from which the record cannot be trusted; null: none. */
  fault: Extract<RejectCode, 'text-after-quote' | 'unclosed-quote' | 'stray-escape' | 'stray-quote'> | null;
  faultField: number;
};

/** The most fields whose positions are stored; a power of two. A record of 4 MiB can have four million fields. */
const MAX_FIELDS = 32_768;
const LF = 10;
const CR = 13;

// Classes of bytes, outside and inside quotes. Outside quotes, DELIMITER and the classes after it end a field.
const PLAIN = 0;
const CARE = 1;
const STRAY_QUOTE = 2;
const DELIMITER = 3;
const LINE_END = 4;
const QUOTE = 5;
const ESCAPE = 6;

export function createRecordReader(format: Format): RecordReader {
  const quote = format.quote?.charCodeAt(0) ?? -1;
  const escape = format.escape.charCodeAt(0);
  const delimiter = format.delimiter.charCodeAt(0);
  const outside = byteClasses();
  outside[CR] = LINE_END;
  outside[LF] = LINE_END;
  outside[delimiter] = DELIMITER;
  if (format.stray_quotes === 'reject') outside[quote] = STRAY_QUOTE;
  const inside = byteClasses();
  inside[CR] = LINE_END;
  inside[LF] = LINE_END;
  inside[escape] = ESCAPE;
  inside[quote] = QUOTE;
  const escapeIsQuote = escape === quote;
  const blanks = blankBytes(format);

  let bytes = new Uint8Array(0);
  let end = 0;
  let last = false;

  const reader: RecordReader = {
    open,
    next,
    position: 0,
    recordStart: 0,
    recordEnd: 0,
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
    // A line end after the last byte stops every loop below, so no loop compares positions.
    bytes[end] = LF;
  }

  function next(): boolean {
    const data = bytes;
    const stop = end;
    const begin = reader.position;
    if (begin >= stop) return false;
    let { starts, ends, marks } = reader;
    let at = begin;
    let field = 0;
    /** Fields beyond MAX_FIELDS. */
    let lost = 0;
    let lines = 1;
    reader.fault = null;
    for (;;) {
      if (field === starts.length) {
        if (field === MAX_FIELDS) {
          field--;
          lost++;
        } else {
          grow();
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
            if (data[at] === LF || data[at + 1] !== LF || at + 1 >= stop) lines++;
          } else if (kind === CARE) {
            mark |= SPECIAL;
          } else if (kind === QUOTE) {
            if (!escapeIsQuote || data[at + 1] !== quote || at + 1 >= stop) break;
            mark |= ESCAPED;
            at++;
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
          // The quote closes the field, if the byte after it is known.
          at++;
          if (blanks !== null) while (blanks[data[at]!] === 1) at++;
          if (at >= stop && !last) return false;
          kind = outside[data[at]!]!;
          if (kind !== DELIMITER && kind !== LINE_END) {
            setFault('text-after-quote', field);
            while ((kind = outside[data[at]!]!) < DELIMITER) at++;
            ends[field] = at;
            mark |= SPECIAL;
          }
        }
      } else {
        starts[field] = at;
        while ((kind = outside[data[at]!]!) < DELIMITER) {
          if (kind !== PLAIN) {
            mark |= SPECIAL;
            if (kind === STRAY_QUOTE) setFault('stray-quote', field);
          }
          at++;
        }
        let textEnd = at;
        if (blanks !== null) while (textEnd > starts[field]! && blanks[data[textEnd - 1]!] === 1) textEnd--;
        ends[field] = textEnd;
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
      if (data[at] === LF) {
        reader.position = at + 1;
        break;
      }
      if (at + 1 >= stop && !last) return false;
      reader.position = at + 1 < stop && data[at + 1] === LF ? at + 2 : at + 1;
      break;
    }
    reader.recordStart = begin;
    reader.recordEnd = at;
    reader.fieldCount = field + lost;
    reader.lines = lines;
    return true;
  }

  function setFault(fault: NonNullable<RecordReader['fault']>, field: number): void {
    if (reader.fault !== null) return;
    reader.fault = fault;
    reader.faultField = field;
  }

  function grow(): void {
    reader.starts = doubled(reader.starts);
    reader.ends = doubled(reader.ends);
    const marks = new Uint8Array(reader.marks.length * 2);
    marks.set(reader.marks);
    reader.marks = marks;
  }
}

/** 1 for bytes that are trimmed around a field; null: none are. */
export function blankBytes({ trim, delimiter, quote, escape }: Format): Uint8Array | null {
  if (!trim) return null;
  const blanks = new Uint8Array(256);
  for (const blank of ' \t') if (![delimiter, quote, escape].includes(blank)) blanks[blank.charCodeAt(0)] = 1;
  return blanks;
}

/** CARE for bytes that JSON must escape (control characters, `"`, `\`) and for bytes that are not ASCII. */
function byteClasses(): Uint8Array {
  const classes = new Uint8Array(256).fill(PLAIN);
  classes.fill(CARE, 0, 0x20);
  classes.fill(CARE, 0x80);
  classes[0x22] = CARE;
  classes[0x5c] = CARE;
  return classes;
}

function doubled(array: Int32Array): Int32Array {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

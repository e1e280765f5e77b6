import type { Format } from './format.ts';
import type { RejectCode } from '../errors.ts';

/** The field stood in quotes; `starts` and `ends` are inside them. */
export const QUOTED = 1;
/** The field holds an escape (a doubled quote, say) that is not part of its value. */
export const ESCAPED = 2;
/** The field holds a byte that a JSON string can't take as it is, or that is not ASCII. */
export const SPECIAL = 4;

/**
 * Cuts bytes into records and fields. RFC 4180 with CR, LF and CRLF as record ends, mixed at will. A quote inside an unquoted
 * field never opens anything: it is a fault, or with `stray_quotes: literal` a plain character. With `trim`, spaces and tabs
 * around a field, outside of its quotes, are left out. It works in place: what it tells of a record are positions in the bytes
 * that were given to `open`, true until the next call of `next`.
 */
export type RecordReader = {
  /**
   * Takes the bytes [start, end); `start` is where a record begins. `last` says that the file ends at `end`. The byte at
   * `end` must exist: it is overwritten.
   */
  open(bytes: Uint8Array, start: number, end: number, last: boolean): void;
  /** Reads a record; false if no whole one is left. What is left begins at `position`. */
  next(): boolean;
  /** Where the next record begins. */
  position: number;

  recordStart: number;
  /** Exclusive, without the record end's CR and LF. The next record begins at `position`. */
  recordEnd: number;
  /** Of those beyond MAX_FIELDS only the number is known. */
  fieldCount: number;
  starts: Int32Array;
  /** Exclusive. */
  ends: Int32Array;
  /** QUOTED, ESCAPED and SPECIAL, together. */
  marks: Uint8Array;
  /** Line ends in the record, its own among them. */
  lines: number;
  /** Why the record can't be trusted, and from which field (from 0) on; the first reason only. */
  fault: Extract<RejectCode, 'text-after-quote' | 'unclosed-quote' | 'stray-escape' | 'stray-quote'> | null;
  faultField: number;
};

/** Fields of a record whose positions are kept; a power of two. A record of 4 MiB could have four million. */
const MAX_FIELDS = 32_768;
const LF = 10;
const CR = 13;

// What a byte means, outside of quotes and within. Outside, DELIMITER and what follows end a field.
const PLAIN = 0;
const CARE = 1;
const STRAY_QUOTE = 2;
const DELIMITER = 3;
const LINE_END = 4;
const QUOTE = 5;
const ESCAPE = 6;

export function createRecordReader(format: Format): RecordReader {
  const quote = format.quote.charCodeAt(0);
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
    // A line end behind the last byte stops every loop below, so that none needs to compare positions.
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
    /** Fields whose positions are lost, as others have their place. */
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
        // The line end behind the last byte is no blank.
        while (blanks[data[at]!] === 1) at++;
        if (at >= stop && field === 0) {
          // Blanks behind the last line end are no record.
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
            // Behind the bytes there may be a quote.
            if (at + 1 < stop) setFault('stray-escape', field);
            mark |= SPECIAL;
          }
          at++;
        }
        ends[field] = at;
        if (at < stop) {
          // The quote that was found closes the field, if we can see what comes behind it.
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

/** 1 for the bytes around a field that don't belong to it; null: all do. */
export function blankBytes({ trim, delimiter, quote, escape }: Format): Uint8Array | null {
  if (!trim) return null;
  const blanks = new Uint8Array(256);
  for (const blank of ' \t') if (![delimiter, quote, escape].includes(blank)) blanks[blank.charCodeAt(0)] = 1;
  return blanks;
}

/** CARE for what JSON must escape (control characters, `"`, `\`) and for every byte that is not ASCII. */
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

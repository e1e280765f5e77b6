import { byteClasses } from './byte-classes.ts';
import type { Format } from './format.ts';
import { createLineFinder } from './line-finder.ts';
import { ESCAPED, MAX_FIELDS, QUOTED, type RecordReader, SPECIAL } from './record-reader.ts';

/**
 * Reads a record whose quotes are broken in the only other way that has the header's number of cells (`format.stray_quotes: repair`).
 * Returns whether there is one; then the reader's record is that one. Of a record that spans lines, it may be the first line alone.
 */
export type QuoteRepair = (bytes: Uint8Array) => boolean;

/** A record of several lines is only taken apart if it is not longer: each of its lines would be read with all that follow. */
const MAX_LINES_BYTES = 8 * 1024;

/** Other ways of reading quotes. */
type Reading =
  /** A quote closes a cell only before a delimiter or the record's end; a doubled quote is one quote. */
  | 'closed-at-delimiter'
  /** The same, and only a single quote is looked at: the first of two may be a plain one. */
  | 'closed-by-last'
  /** Delimiters always separate cells. Quotes around a whole cell are left out, and one before a cell without another behind it. */
  | 'never-quoted';

const READINGS: readonly Reading[] = ['closed-at-delimiter', 'closed-by-last', 'never-quoted'];

type Cell = { readonly start: number; readonly end: number; readonly mark: number };

export function createQuoteRepair(format: Format, reader: RecordReader, columnCount: number): QuoteRepair {
  const { quote, delimiter, blanks } = byteClasses(format);
  const lines = createLineFinder(format);

  return (bytes) => {
    const { recordStart, recordEnd, position } = reader;
    const at = bytes.indexOf(quote, recordStart);
    if (at === -1 || at >= recordEnd || columnCount > MAX_FIELDS) return false;
    const whole = onlyReading(bytes, recordStart, recordEnd);
    if (whole !== null) return take(whole);
    if (reader.lines === 1 || recordEnd - recordStart > MAX_LINES_BYTES) return false;
    const line = lines.lineAt(bytes, recordStart, position, true);
    if (line === null || line.next >= position) return false;
    const first = onlyReading(bytes, recordStart, line.end);
    if (first === null) return false;
    reader.recordEnd = line.end;
    reader.position = line.next;
    reader.lines = line.lines;
    return take(first);
  };

  /** null: there is none, or there are several that differ. */
  function onlyReading(bytes: Uint8Array, start: number, end: number): readonly Cell[] | null {
    let only: readonly Cell[] | null = null;
    for (const reading of READINGS) {
      const cells = read(bytes, start, end, reading);
      if (cells === null) continue;
      if (only !== null && !isSame(only, cells)) return null;
      only = cells;
    }
    return only;
  }

  /** null: the reading has another number of cells, or leaves a quote open. */
  function read(bytes: Uint8Array, start: number, end: number, reading: Reading): readonly Cell[] | null {
    const cells: Cell[] = [];
    let at = start;
    for (;;) {
      if (cells.length === columnCount) return null;
      const cell =
        reading === 'never-quoted' ? plainCell(bytes, at, end) : quotedCell(bytes, at, end, reading);
      if (cell === null) return null;
      cells.push(cell.cell);
      if (cell.next > end) return cells.length === columnCount ? cells : null;
      at = cell.next;
    }
  }

  function plainCell(bytes: Uint8Array, start: number, end: number): { cell: Cell; next: number } {
    const found = bytes.indexOf(delimiter, start);
    const stop = found === -1 || found >= end ? end : found;
    const [from, to] = trimmed(bytes, start, stop);
    return { cell: unwrapped(bytes, from, to), next: stop + 1 };
  }

  function unwrapped(bytes: Uint8Array, start: number, end: number): Cell {
    if (bytes[start] !== quote || start === end) return { start, end, mark: SPECIAL };
    const isClosed = end - start > 1 && bytes[end - 1] === quote;
    return { start: start + 1, end: isClosed ? end - 1 : end, mark: SPECIAL | QUOTED | ESCAPED };
  }

  function quotedCell(
    bytes: Uint8Array,
    start: number,
    end: number,
    reading: Reading,
  ): { cell: Cell; next: number } | null {
    let open = start;
    while (open < end && blanks?.[bytes[open]!] === 1) open++;
    if (open >= end || bytes[open] !== quote) {
      const found = bytes.indexOf(delimiter, start);
      const stop = found === -1 || found >= end ? end : found;
      const [from, to] = trimmed(bytes, start, stop);
      return { cell: { start: from, end: to, mark: SPECIAL }, next: stop + 1 };
    }
    for (let at = open + 1; at < end; at++) {
      if (bytes[at] !== quote) continue;
      let behind = at + 1;
      while (behind < end && blanks?.[bytes[behind]!] === 1) behind++;
      if (reading === 'closed-at-delimiter' && at + 1 < end && bytes[at + 1] === quote) at++;
      else if (behind >= end || bytes[behind] === delimiter)
        return { cell: { start: open + 1, end: at, mark: SPECIAL | QUOTED | ESCAPED }, next: behind + 1 };
    }
    return null;
  }

  function trimmed(bytes: Uint8Array, start: number, end: number): [number, number] {
    let [from, to] = [start, end];
    if (blanks !== null) {
      while (from < to && blanks[bytes[from]!] === 1) from++;
      while (to > from && blanks[bytes[to - 1]!] === 1) to--;
    }
    return [from, to];
  }

  function take(cells: readonly Cell[]): true {
    reader.reserve(cells.length);
    for (const [field, { start, end, mark }] of cells.entries()) {
      reader.starts[field] = start;
      reader.ends[field] = end;
      reader.marks[field] = mark;
    }
    reader.fieldCount = cells.length;
    reader.fault = null;
    return true;
  }
}

function isSame(a: readonly Cell[], b: readonly Cell[]): boolean {
  return a.every(({ start, end }, index) => start === b[index]!.start && end === b[index]!.end);
}

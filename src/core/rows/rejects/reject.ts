import { boundedText } from '../../bounded-text.ts';
import { encodeText } from '../../csv/text/encoding.ts';
import { rejectColumns } from '../../csv/header/reject-columns.ts';
import type { Format } from '../../csv/format.ts';
import type { Fault } from '../../fault.ts';

/** A row that was refused, with all that is wrong with it. */
export type Reject = {
  /** Line in the file (from 1) on which the record begins. */
  readonly line: number;
  /** In the order of the file's columns; at least one. */
  readonly faults: readonly Fault[];
  /** The record as it stands in the file, without its line end. */
  readonly record: Uint8Array;
};

/** Between the faults of a row, in each of the three columns that list them. */
const SEPARATOR = '; ';
/** Of a column's name and of a reason, so many bytes are kept: a header or the table may have any text. */
const MAX_NAME_BYTES = 256;
const MAX_REASON_BYTES = 512;

/** The end of a reject file's lines, which the format must read as one. */
const LINE_ENDS = { any: '\n', lf: '\n', crlf: '\r\n', cr: '\r' } as const;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

export function lineEndOf({ line_end }: Pick<Format, 'line_end'>): string {
  return LINE_ENDS[line_end];
}

/**
 * The first line of a reject file of the import: the header behind four columns that say where and why. `header`: its bytes in the
 * file's encoding; `hasMark`: a byte order mark precedes it.
 */
export function rejectHeader(
  importId: string,
  header: Uint8Array,
  format: Format,
  hasMark: boolean,
): Uint8Array {
  const ours = encodeText(rejectColumns(importId).join(format.delimiter) + format.delimiter, format.encoding);
  const lineEnd = encodeText(lineEndOf(format), format.encoding);
  const mark = hasMark ? BYTE_ORDER_MARK.length : 0;
  const line = new Uint8Array(mark + ours.length + header.length + lineEnd.length);
  if (hasMark) line.set(BYTE_ORDER_MARK);
  line.set(ours, mark);
  line.set(header, mark + ours.length);
  line.set(lineEnd, mark + ours.length + header.length);
  return line;
}

/** Names as a header in the format and encoding of the file, without a line end. */
export function headerLine(names: readonly string[], format: Format): Uint8Array {
  return encodeText(names.map((name) => quoted(name, format)).join(format.delimiter), format.encoding);
}

/**
 * The four columns that precede a rejected record in the reject file; the record follows byte for byte. They are in the format of the
 * original file, so a reject file can be fixed and uploaded again: the loader ignores the four columns.
 */
export function rejectCells({ line, faults }: Reject, format: Format): string {
  const columns = faults.map(({ column }) => boundedText(column, MAX_NAME_BYTES)).join(SEPARATOR);
  const codes = faults.map(({ code }) => code).join(SEPARATOR);
  const reasons = faults.map(({ reason }) => boundedText(reason, MAX_REASON_BYTES)).join(SEPARATOR);
  const { delimiter } = format;
  return `${line}${delimiter}${quoted(columns, format)}${delimiter}${quoted(codes, format)}${delimiter}${quoted(reasons, format)}${delimiter}`;
}

/**
 * A cell of a text: in quotes where it needs them, with the escapes of the format. Where the format has neither quotes nor
 * backslashes, a space stands for what a cell cannot contain.
 */
function quoted(cell: string, format: Format): string {
  const { quote, escape, delimiter, backslash_escapes } = format;
  const slashed = backslash_escapes ? cell.replaceAll('\\', '\\\\') : cell;
  if (quote === null) return unquoted(slashed, format);
  const isPlain =
    !cell.includes(delimiter) &&
    !cell.includes(quote) &&
    !cell.includes(escape) &&
    !cell.includes('\n') &&
    !cell.includes('\r');
  if (isPlain) return slashed;
  const isOther = escape !== quote && !(backslash_escapes && escape === '\\');
  const escaped = isOther ? slashed.replaceAll(escape, escape + escape) : slashed;
  return quote + escaped.replaceAll(quote, escape + quote) + quote;
}

function unquoted(cell: string, { delimiter, backslash_escapes }: Format): string {
  if (!backslash_escapes) return cell.replaceAll('\r', ' ').replaceAll('\n', ' ').replaceAll(delimiter, ' ');
  return cell
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n')
    .replaceAll(delimiter, () => `\\${delimiter}`);
}

import { boundedText } from '../bounded-text.ts';
import { REJECT_COLUMNS } from '../csv/header.ts';
import type { Format } from '../csv/format.ts';
import type { Fault } from '../fault.ts';

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

const encoder = new TextEncoder();
const LF = 10;

/** The first line of a reject file: the file's own header, byte for byte, behind four columns that say where and why. */
export function rejectHeader(header: Uint8Array, { delimiter }: Format): Uint8Array {
  const ours = encoder.encode(REJECT_COLUMNS.join(delimiter) + delimiter);
  const line = new Uint8Array(ours.length + header.length + 1);
  line.set(ours);
  line.set(header, ours.length);
  line[line.length - 1] = LF;
  return line;
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

/** In quotes where it needs them; an escape character of its own kind before what it must escape. */
function quoted(cell: string, { quote, escape, delimiter }: Format): string {
  const isPlain =
    quote === null ||
    (!cell.includes(delimiter) &&
      !cell.includes(quote) &&
      !cell.includes(escape) &&
      !cell.includes('\n') &&
      !cell.includes('\r'));
  if (isPlain) return cell;
  const escaped = escape === quote ? cell : cell.replaceAll(escape, escape + escape);
  return quote + escaped.replaceAll(quote, escape + quote) + quote;
}

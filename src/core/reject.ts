import { REJECT_COLUMNS } from './csv/header.ts';
import type { Format } from './dataset.ts';
import type { RejectCode } from './errors.ts';

/** A row that was refused, with the reason. */
export type Reject = {
  /** Line in the file (from 1) on which the record begins. */
  readonly line: number;
  /** The column's name, '' where the reason is the whole row's. */
  readonly column: string;
  readonly code: RejectCode;
  readonly reason: string;
  /** The record as it stands in the file, without its line end. */
  readonly record: Uint8Array;
};

const encoder = new TextEncoder();
const LF = 10;

/**
 * A reject file: the file's own header and records, byte for byte, behind four columns that say where and why. In the
 * file's own format, so that it can be opened beside it, mended, and dropped again: those four columns are passed over.
 */
export function formatRejects(header: Uint8Array, rejects: readonly Reject[], format: Format): Uint8Array {
  const parts: Uint8Array[] = [
    encoder.encode(REJECT_COLUMNS.join(format.delimiter) + format.delimiter),
    header,
    newline,
  ];
  for (const reject of rejects) {
    const cells = [String(reject.line), reject.column, reject.code, reject.reason];
    parts.push(
      encoder.encode(cells.map((cell) => quoted(cell, format) + format.delimiter).join('')),
      reject.record,
      newline,
    );
  }
  return concatenated(parts);
}

const newline = new Uint8Array([LF]);

/** In quotes where it needs them; an escape character of its own kind before what it must escape. */
function quoted(cell: string, { quote, escape, delimiter }: Format): string {
  if (![quote, escape, delimiter, '\n', '\r'].some((character) => cell.includes(character))) return cell;
  const escaped = escape === quote ? cell : cell.replaceAll(escape, escape + escape);
  return quote + escaped.replaceAll(quote, escape + quote) + quote;
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

import type { RecordReader } from '../csv/record-reader.ts';
import type { RepairColumn } from '../csv/header/reject-columns.ts';

const DIGITS = { zero: 0x30, nine: 0x39, most: 15 } as const;

/** The line numbers in the reader's record, one for each column; 0 for a cell that is no number of up to 15 digits. */
export function repairedLines(
  columns: readonly RepairColumn[],
  reader: RecordReader,
  bytes: Uint8Array,
): readonly number[] {
  return columns.map(({ field }) =>
    field < reader.fieldCount ? numberAt(bytes, reader.starts[field]!, reader.ends[field]!) : 0,
  );
}

function numberAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > DIGITS.most) return 0;
  let number = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte < DIGITS.zero || byte > DIGITS.nine) return 0;
    number = number * 10 + byte - DIGITS.zero;
  }
  return number;
}

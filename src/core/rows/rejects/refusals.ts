import type { Format } from '../../csv/format.ts';
import type { RecordReader } from '../../csv/record-reader.ts';
import type { Fault } from '../../fault.ts';

/** Why a whole record is refused before its cells are read: it has a fault, or not as many fields as the header. */
export function recordFault(
  { fault, faultField, fieldCount }: RecordReader,
  header: readonly string[],
  format: Format,
): Fault {
  if (fault !== null)
    return { code: fault, column: header[faultField] ?? '', reason: reasonOf(fault, format) };
  const code = fieldCount < header.length ? 'too-few-fields' : 'too-many-fields';
  return { code, column: '', reason: `the row has ${fieldCount} fields, the header ${header.length}` };
}

function reasonOf(fault: NonNullable<RecordReader['fault']>, { quote, escape }: Format): string {
  switch (fault) {
    case 'unclosed-quote':
      return 'the quote that opens this cell is never closed: the row runs to the end of the file';
    case 'stray-escape':
      return `in quotes, ${escape} must be followed by ${quote} or another ${escape}: double it if it is part of the value`;
    case 'stray-quote':
      return 'there is a quote inside this cell, which does not begin with one: quote the whole cell and double the quotes inside it, or set format.stray_quotes: literal';
    case 'text-after-quote':
      return 'there is text after the closing quote; quotes inside a quoted cell must be escaped';
  }
}

/** A row lists at most so many faults. */
export const MAX_FAULTS = 20;

/** The faults of a row, at most MAX_FAULTS; the last one says that there are more. */
export function limitFaults(faults: readonly Fault[]): readonly Fault[] {
  if (faults.length <= MAX_FAULTS) return faults;
  const last = faults[MAX_FAULTS - 1]!;
  const reason = `${last.reason} (further faults of this row are not listed)`;
  return [...faults.slice(0, MAX_FAULTS - 1), { ...last, reason }];
}

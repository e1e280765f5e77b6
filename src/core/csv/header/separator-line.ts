import type { Format } from '../format.ts';
import { SluiceError } from '../../errors.ts';

/** A line that is only `sep=;`, which tells Excel the delimiter. */
const SEPARATOR_LINE = /^"?sep=(.)"?$/iu;
const LONGEST_BYTES = 10;

/**
 * Whether this line, before the header, is Excel's `sep=` line, which is not a row. Throws `header-invalid` if it names another
 * delimiter than the format.
 */
export function isSeparatorLine(record: Uint8Array, line: number, { delimiter }: Format): boolean {
  if (record.length > LONGEST_BYTES) return false;
  const text = new TextDecoder().decode(record);
  const named = SEPARATOR_LINE.exec(text)?.[1];
  if (named === undefined) return false;
  if (named === delimiter) return true;
  throw new SluiceError(
    'header-invalid',
    `Line ${line} (${JSON.stringify(text)}) says that the file's delimiter is ${JSON.stringify(named)}, but the dataset has ` +
      `format.delimiter: ${JSON.stringify(delimiter)}. Set format.delimiter: ${JSON.stringify(named)}, or remove the line if it is wrong.`,
    { data: { line, named, delimiter } },
  );
}

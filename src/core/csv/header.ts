import type { Format } from './format.ts';
import { SluiceError } from '../errors.ts';
import { boundedText } from '../bounded-text.ts';
import { fieldText } from './field.ts';
import { otherDelimiterHint } from './other-delimiter.ts';
import type { RecordReader } from './record-reader.ts';

/** The columns that Sluice adds before the original cells in a reject file. They are ignored when the file is loaded. */
export const REJECT_COLUMNS = ['sluice_line', 'sluice_column', 'sluice_code', 'sluice_reason'] as const;

/** The most columns that a header may have: as many as an Excel sheet. An item of 400 KB then has 25 bytes for each column, name and value. */
export const MAX_COLUMNS = 16_384;
/** The longest attribute name that DynamoDB takes ("Quotas in Amazon DynamoDB"). */
const MAX_NAME_BYTES = 65_535;
/** Bytes of a name that a message shows. */
const MAX_SHOWN_BYTES = 200;
const encoder = new TextEncoder();

/**
 * Reads the column names from the reader's current record, which begins on the given line. Throws `header-invalid` (not text, a quote
 * that is not closed, a column without a name), `duplicate-header` or `too-many-columns`.
 */
export function readHeader(
  reader: RecordReader,
  bytes: Uint8Array,
  format: Format,
  line: number,
): readonly string[] {
  if (reader.fault !== null) {
    const column = reader.faultField + 1;
    const problems = {
      'unclosed-quote': 'a quote in it is not closed. Close it, or set format.quote',
      'stray-escape': `in the quotes of column ${column} an escape precedes a character that needs none. Double it, or set format.escape`,
      'stray-quote': `column ${column} contains a quote but does not begin with one. Quote the whole name and double the quotes inside it, or set format.stray_quotes: literal`,
      'text-after-quote': `text follows the closing quote of column ${column}. Double the quotes inside it, or set format.quote`,
    };
    throw invalid(problems[reader.fault]);
  }
  // A reject file has the columns of Sluice in addition.
  if (reader.fieldCount > MAX_COLUMNS + REJECT_COLUMNS.length) throw tooManyColumns(reader.fieldCount, line);
  const columns = new Map<string, number>();
  for (let field = 0; field < reader.fieldCount; field++) {
    const name = columnName(field);
    if (name === '') throw invalid(`column ${field + 1} has no name. Give it one`);
    const first = columns.get(name);
    if (first !== undefined) {
      throw new SluiceError(
        'duplicate-header',
        `The header (line ${line}) names '${boundedText(name, MAX_SHOWN_BYTES)}' twice, as columns ${first + 1} and ${field + 1}. Rename one: an item has an attribute only once.`,
        { data: { line, column: field + 1, name } },
      );
    }
    columns.set(name, field);
  }
  const names = [...columns.keys()];
  if (names.length > MAX_COLUMNS && !isRejectHeader(names)) throw tooManyColumns(names.length, line);
  return names;

  function columnName(field: number): string {
    let name: string;
    try {
      name = fieldText(reader, bytes, field, format, true);
    } catch {
      throw invalid(`column ${field + 1} is not valid UTF-8. Save the file as UTF-8`);
    }
    if (name.includes('\0'))
      throw invalid(`column ${field + 1} contains a NUL byte. If the file is UTF-16, save it as UTF-8`);
    if (encoder.encode(name).length > MAX_NAME_BYTES)
      throw invalid(`column ${field + 1} has a name over 64 KB. Is the header missing?`);
    return name;
  }

  function invalid(what: string): SluiceError {
    const header = new TextDecoder().decode(bytes.subarray(reader.recordStart, reader.recordEnd));
    const hint = reader.fieldCount === 1 ? otherDelimiterHint(header, format) : '';
    return new SluiceError('header-invalid', `The header (line ${line}) is not valid: ${what}.${hint}`, {
      data: { line },
    });
  }
}

/** The header of a reject file begins with all of Sluice's columns. A column of the same name at another place belongs to the user. */
export function isRejectHeader(names: readonly string[]): boolean {
  return REJECT_COLUMNS.every((name, index) => names[index] === name);
}

function tooManyColumns(count: number, line: number): SluiceError {
  return new SluiceError(
    'too-many-columns',
    `The header (line ${line}) has ${count} columns; at most ${MAX_COLUMNS} are loaded. Remove columns, check format.delimiter, or turn columns into rows.`,
    { data: { line, columns: count, maxColumns: MAX_COLUMNS } },
  );
}

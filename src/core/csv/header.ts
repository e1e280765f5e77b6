import type { Format } from './format.ts';
import { SluiceError } from '../errors.ts';
import { boundedText } from '../bounded-text.ts';
import { fieldText } from './field.ts';
import { otherDelimiterHint } from './other-delimiter.ts';
import type { RecordReader } from './record-reader.ts';

/** The columns that Sluice puts before the original cells in a reject file; in a file that is loaded they are passed over. */
export const REJECT_COLUMNS = ['sluice_line', 'sluice_column', 'sluice_code', 'sluice_reason'] as const;

/**
 * A header may have so many columns: as many as a sheet of Excel. An item of 400 KB has 25 bytes then for each of them, name and
 * value together.
 */
export const MAX_COLUMNS = 16_384;
/** The longest attribute name that DynamoDB takes ("Quotas in Amazon DynamoDB"). */
const MAX_NAME_BYTES = 65_535;
/** Of a name in a message. */
const MAX_SHOWN_BYTES = 200;
const encoder = new TextEncoder();

/**
 * Column names from the record that the reader stands on, which begins on the given line. Throws `header-invalid` (not text, a quote that does not close,
 * a column without a name), `duplicate-header` or `too-many-columns`.
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
  // A reject file has as many more columns as are ours.
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
      throw invalid(`column ${field + 1} holds a NUL byte. If the file is UTF-16, save it as UTF-8`);
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

/** The header of a reject file begins with all of our columns; one of the same name elsewhere is somebody's own. */
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

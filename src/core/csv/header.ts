import type { Format } from '../dataset/schema.ts';
import { SluiceError } from '../errors.ts';
import { fieldText } from './field.ts';
import { otherDelimiterHint } from './other-delimiter.ts';
import type { RecordReader } from './record-reader.ts';

/** The columns that Sluice puts before the original cells in a reject file; in a file that is loaded they are passed over. */
export const REJECT_COLUMNS = ['sluice_line', 'sluice_column', 'sluice_code', 'sluice_reason'] as const;

/**
 * Column names from the record that the reader stands on, which begins on the given line. Throws `header-invalid` (not text, a quote that does not close,
 * a column without a name) or `duplicate-header`.
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
      'unclosed-quote': 'a quote in it is never closed. Close it, or set format.quote',
      'stray-escape': `in the quotes of column ${column} an escape stands before what needs none. Double it, or set format.escape`,
      'stray-quote': `there is a quote inside column ${column}, which does not begin with one. Quote the whole name and double the quotes inside it, or set format.stray_quotes: literal`,
      'text-after-quote': `there is text behind the closing quote of column ${column}. Double the quotes inside it, or set format.quote`,
    };
    throw invalid(problems[reader.fault]);
  }
  const names: string[] = [];
  for (let field = 0; field < reader.fieldCount; field++) {
    const name = columnName(field);
    if (name === '') throw invalid(`column ${field + 1} has no name. Give it one`);
    const first = names.indexOf(name);
    if (first >= 0) {
      throw new SluiceError(
        'duplicate-header',
        `The header (line ${line}) names '${name}' twice, as columns ${first + 1} and ${field + 1}. Rename one: an item has an attribute only once.`,
        { data: { line, column: field + 1, name } },
      );
    }
    names.push(name);
  }
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
    if (new TextEncoder().encode(name).length > 65_535)
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

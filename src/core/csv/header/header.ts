import { boundedText } from '../../bounded-text.ts';
import { SluiceError } from '../../errors.ts';
import { cellText } from '../cell-text.ts';
import { cleanName, nameKey } from './column-name.ts';
import { encodingKind } from '../text/encoding.ts';
import type { Format } from '../format.ts';
import { otherDelimiterHint } from './other-delimiter.ts';
import type { RecordReader } from '../record-reader.ts';
import { REJECT_COLUMNS, rejectColumnCount } from './reject-columns.ts';

/** The most columns that a header may have: as many as an Excel sheet. An item of 400 KB then has 25 bytes for each column, name and value. */
export const MAX_COLUMNS = 16_384;
/** The longest attribute name that DynamoDB takes ("Quotas in Amazon DynamoDB"). */
const MAX_NAME_BYTES = 65_535;
/** Bytes of a name that a message shows. */
const MAX_SHOWN_BYTES = 200;
const encoder = new TextEncoder();

/**
 * The cells of the reader's current record, a row of the header that begins on the given line, as texts. Throws `header-invalid` (not
 * text, a quote that is not closed) or `too-many-columns`.
 */
export function headerCells(
  reader: RecordReader,
  bytes: Uint8Array,
  format: Format,
  line: number,
): readonly string[] {
  if (reader.fault !== null) {
    const column = reader.faultField + 1;
    const problems = {
      'unclosed-quote': 'a quote in it is not closed. Close it, or set format.quote',
      'stray-escape': `in column ${column} an escape precedes a character that needs none. Double it, or set format.escape`,
      'stray-quote': `column ${column} contains a quote but does not begin with one. Quote the whole name and double the quotes inside it, or set format.stray_quotes: literal`,
      'text-after-quote': `text follows the closing quote of column ${column}. Double the quotes inside it, or set format.quote`,
    };
    throw invalid(problems[reader.fault], line, hint());
  }
  // A reject file has the columns of Sluice in addition.
  if (reader.fieldCount > MAX_COLUMNS + REJECT_COLUMNS.length) throw tooManyColumns(reader.fieldCount, line);
  return Array.from({ length: reader.fieldCount }, (_, field) => {
    const text = textOf(field);
    if (text.includes('\0'))
      throw invalid(
        `column ${field + 1} contains a NUL byte. If the file is UTF-16, set format.encoding: utf-16le`,
        line,
        hint(),
      );
    if (encoder.encode(text).length > MAX_NAME_BYTES)
      throw invalid(`column ${field + 1} has a name over 64 KB. Is the header missing?`, line, hint());
    return text;
  });

  function textOf(field: number): string {
    try {
      return cellText(reader, bytes, field, format, true);
    } catch {
      const { encoding } = format;
      const remedy =
        encodingKind(encoding) === 'single-byte'
          ? "Set format.encoding to the file's encoding"
          : 'Set format.encoding, for example windows-1252, or save the file as UTF-8';
      throw invalid(`column ${field + 1} is not valid ${encoding}. ${remedy}`, line, hint());
    }
  }

  function hint(): string {
    if (reader.fieldCount !== 1) return '';
    const header = new TextDecoder().decode(bytes.subarray(reader.recordStart, reader.recordEnd));
    return otherDelimiterHint(header, format);
  }
}

/**
 * The names of the columns, from the cells of a header's row or the texts of `format.names`: clean (`cleanName`), and '' for a column
 * that is dropped. Throws `header-invalid` (a column without a name), `duplicate-header` or `too-many-columns`.
 */
export function columnNames(cells: readonly string[], format: Format, line: number): readonly string[] {
  const clean = cells.map(cleanName);
  const ours = rejectColumnCount(clean);
  if (clean.length > MAX_COLUMNS && ours === 0) throw tooManyColumns(clean.length, line);
  const named = clean.map((name, field) => {
    if (field < ours) return field < REJECT_COLUMNS.length ? name : '';
    if (name !== '' || format.blank_names === 'drop') return name;
    // Columns are counted without those of a reject file, so that a column keeps its number there.
    if (format.blank_names === 'number') return `column_${field - ours + 1}`;
    throw invalid(
      `column ${field + 1} has no name. Give it one, or set format.blank_names: number or drop`,
      line,
    );
  });
  return withoutDuplicates(named, format, line);
}

function withoutDuplicates(
  names: readonly string[],
  { match_names, duplicate_names }: Format,
  line: number,
): readonly string[] {
  const keyOf = (name: string): string => nameKey(name, match_names);
  const taken = new Set(names.map(keyOf));
  const columns = new Map<string, number>();
  /** The number that a name had last: a header of one name again and again takes no longer than another. */
  const numbers = new Map<string, number>();
  return names.map((name, field) => {
    if (name === '') return name;
    const key = keyOf(name);
    const first = columns.get(key);
    if (first === undefined) {
      columns.set(key, field);
      return name;
    }
    if (duplicate_names === 'reject') {
      throw new SluiceError(
        'duplicate-header',
        `The header (line ${line}) names '${boundedText(name, MAX_SHOWN_BYTES)}' twice, as columns ${first + 1} and ${field + 1}. Rename one, because an item has an attribute only once; or set format.duplicate_names: number.`,
        { data: { line, column: field + 1, name } },
      );
    }
    let number = numbers.get(key) ?? 1;
    do number++;
    while (taken.has(keyOf(`${name}_${number}`)));
    numbers.set(key, number);
    return `${name}_${number}`;
  });
}

function invalid(what: string, line: number, hint = ''): SluiceError {
  return new SluiceError('header-invalid', `The header (line ${line}) is not valid: ${what}.${hint}`, {
    data: { line },
  });
}

function tooManyColumns(count: number, line: number): SluiceError {
  return new SluiceError(
    'too-many-columns',
    `The header (line ${line}) has ${count} columns; at most ${MAX_COLUMNS} are loaded. Remove columns, check format.delimiter, or turn columns into rows.`,
    { data: { line, columns: count, maxColumns: MAX_COLUMNS } },
  );
}

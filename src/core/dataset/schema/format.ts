import * as z from 'zod';
import { choice, flag, MAP, noneOr, oneByte, oneOrMany, text, wholeNumber } from './values.ts';

const word = z.string('a text').max(255, 'a text of at most 255 characters');
const lineStart = text(255);
const dateFormat = oneOrMany(
  text(64, 'a date format such as dd.MM.yyyy'),
  'a date format such as dd.MM.yyyy',
  10,
);
const mark = text(4, 'a mark of 1 to 4 characters');
/** The fields of `format` that decide what cells mean. A column can have its own. */
export const cellDefaults = {
  trim: flag.describe('Spaces and tabs around a cell, outside of its quotes, are removed.'),
  null_values: oneOrMany(word, 'a text', 100, 0).describe('Cells with exactly one of these texts are null.'),
  quoted_nulls: flag.describe('Quoted cells can be null, too.'),
  on_null: choice(['omit', 'store', 'reject', 'remove'], 'a rule for nulls').describe(
    'What an item has for a null: no attribute (omit), NULL (store); reject refuses the row; with remove, a merge removes the attribute.',
  ),
  decimal: oneByte.describe('The decimal mark of numbers.'),
  thousands: noneOr(oneOrMany(mark, 'a mark', 10, 0), 'a mark or a list of marks').describe(
    'Marks between groups of three digits.',
  ),
  true_values: oneOrMany(text(64), 'a text', 100).describe('Words for true, in any letter case.'),
  false_values: oneOrMany(text(64), 'a text', 100).describe('Words for false, in any letter case.'),
  time_zone: text(64, 'a time zone such as Europe/Berlin, or local').describe(
    'The time zone of datetimes without offset: a name such as Europe/Berlin, UTC, or local (the text is kept as it is).',
  ),
};

const skipUntil = z.strictObject(
  { until: lineStart.describe('The header is the first line that begins with this.') },
  MAP,
);
const footerFrom = z.strictObject(
  {
    from: lineStart.describe('The footer begins with the first line that begins with this.'),
    max: wholeNumber(1, 100).default(10).describe('The most lines of a footer.'),
  },
  MAP,
);

export const formatSchema = z.strictObject(
  {
    encoding: text(40, 'an encoding such as utf-8 or windows-1252')
      .default('utf-8')
      .describe('The encoding of the file: a label of the WHATWG Encoding Standard. A byte order mark wins.'),
    delimiter: z
      .union([z.literal('tab'), oneByte], 'one ASCII character or tab')
      .default(',')
      .describe('The character between cells, or tab.'),
    line_end: choice(['any', 'lf', 'crlf', 'cr'], 'a line end').default('any').describe('What ends a line.'),
    quote: noneOr(oneByte, 'one ASCII character')
      .default('"')
      .describe('The character around quoted cells, or none.'),
    escape: oneByte
      .optional()
      .describe('Makes a quote inside a quoted cell literal. Default: the quote itself (doubled).'),
    backslash_escapes: flag
      .default(false)
      .describe('A backslash escapes: \\t, \\n, \\\\; an unquoted \\N is null (MySQL, PostgreSQL).'),
    stray_quotes: choice(['reject', 'literal', 'repair'], 'a way to read them')
      .default('reject')
      .describe(
        'A quote inside an unquoted cell: reject the row (RFC 4180), take it literally, or repair the row.',
      ),
    comment: noneOr(oneOrMany(lineStart, 'a text', 20, 0), 'a text or a list of texts')
      .default('none')
      .describe('Lines that begin with one of these texts are skipped.'),
    skip_lines: z
      .union(
        [wholeNumber(0, 1000), skipUntil],
        'a whole number from 0 to 1,000 or a map such as { until: "Date;" }',
      )
      .default(0)
      .describe(
        'Lines before the header that are skipped: their number, or { until: the text the header begins with }.',
      ),
    skip_footer: z
      .union(
        [wholeNumber(0, 100), footerFrom],
        'a whole number from 0 to 100 or a map such as { from: Total, max: 10 }',
      )
      .default(0)
      .describe(
        'Rows at the end that are skipped: their number, or { from: the text the first one begins with, max }.',
      ),
    blank_rows: choice(['skip', 'reject'], 'a rule for blank rows')
      .default('skip')
      .describe('Rows whose cells are all empty.'),
    short_rows: choice(['reject', 'pad'], 'a rule for short rows')
      .default('reject')
      .describe('Rows with fewer cells than the header: reject, or pad with empty cells.'),
    long_rows: choice(['reject', 'drop_empty'], 'a rule for long rows')
      .default('reject')
      .describe('Rows with more cells than the header: reject, or drop the surplus cells if they are empty.'),
    header: wholeNumber(0, 10)
      .default(1)
      .describe('Number of header rows. The names of several are joined by a space.'),
    names: noneOr(
      z.array(word, 'a list of names').min(1, 'a list of names').max(10_000, 'a list of at most 10,000'),
      'a list of names',
    )
      .default('none')
      .describe('Names of the columns in files without a header (header: 0).'),
    match_names: choice(['exact', 'ignore_case'], 'a way to match names')
      .default('exact')
      .describe('How names of the header and names in this document match.'),
    blank_names: choice(['reject', 'number', 'drop'], 'a rule for blank names')
      .default('reject')
      .describe('Columns without a name: reject the file, name them column_3, or drop them.'),
    duplicate_names: choice(['reject', 'number'], 'a rule for duplicate names')
      .default('reject')
      .describe('Columns with the same name: reject the file, or name the later one name_2.'),
    trim: cellDefaults.trim.default(false),
    null_values: cellDefaults.null_values.default(['']),
    quoted_nulls: cellDefaults.quoted_nulls.default(false),
    on_null: cellDefaults.on_null.default('omit'),
    decimal: cellDefaults.decimal.default('.'),
    thousands: cellDefaults.thousands.default('none'),
    true_values: cellDefaults.true_values.default(['true', 'yes', 't', 'y', '1']),
    false_values: cellDefaults.false_values.default(['false', 'no', 'f', 'n', '0']),
    date_format: dateFormat
      .default('iso')
      .describe(
        'How dates are written: iso, epoch_s, epoch_ms, or tokens of Unicode TR 35 such as dd.MM.yyyy.',
      ),
    datetime_format: dateFormat.default('iso').describe('How datetimes are written.'),
    time_zone: noneOr(cellDefaults.time_zone, 'a time zone such as Europe/Berlin, or local')
      .default('none')
      .describe('The time zone of datetimes without offset. Without one, such a datetime rejects its row.'),
  },
  MAP,
);

export type FormatDocument = z.infer<typeof formatSchema>;

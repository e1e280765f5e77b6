/**
 * How a file's bytes become records, cells and names, and what cells mean if their column says nothing else: the section `format`
 * of a resolved dataset. Characters are ASCII.
 */
export type Format = {
  /** The canonical label of the WHATWG's Encoding Standard, in lower case. A byte order mark wins over it. */
  readonly encoding: string;
  readonly delimiter: string;
  /** What ends a record outside of quotes. `any`: LF, CR and CRLF, in any mix. */
  readonly line_end: 'any' | 'lf' | 'crlf' | 'cr';
  /** null: the file has no quotes. */
  readonly quote: string | null;
  /** Makes a quote inside a quoted cell literal: the quote itself (doubled), or another character such as a backslash. */
  readonly escape: string;
  /** A backslash makes the next character literal, or means a control character (`\t`, `\n`); an unquoted `\N` is null. */
  readonly backslash_escapes: boolean;
  /**
   * A quote inside a cell that does not begin with one is a fault, or a plain character; or the row takes the only other reading
   * that has the header's number of cells.
   */
  readonly stray_quotes: 'reject' | 'literal' | 'repair';
  /** Lines that begin with one of these texts are no rows. */
  readonly comment: readonly string[];
  /** Lines before the header: their number, or the text with which the header begins. */
  readonly skip_lines: number | { readonly until: string };
  /** Rows at the end that are no data: their number, or from the first of the last `max` rows that begins with a text. */
  readonly skip_footer: number | { readonly from: string; readonly max: number };
  readonly blank_rows: 'skip' | 'reject';
  readonly short_rows: 'reject' | 'pad';
  readonly long_rows: 'reject' | 'drop_empty';
  /** Rows of the header; the names of several are joined by a space. */
  readonly header: number;
  /** Names of the columns, instead of those of the header. */
  readonly names: readonly string[] | null;
  readonly match_names: 'exact' | 'ignore_case';
  readonly blank_names: 'reject' | 'number' | 'drop';
  readonly duplicate_names: 'reject' | 'number';

  /** Spaces and tabs around a cell, outside of its quotes, are left out. */
  readonly trim: boolean;
  readonly null_values: readonly string[];
  readonly quoted_nulls: boolean;
  readonly on_null: 'omit' | 'store' | 'reject' | 'remove';
  readonly decimal: string;
  readonly thousands: readonly string[];
  readonly true_values: readonly string[];
  readonly false_values: readonly string[];
  readonly date_format: readonly string[];
  readonly datetime_format: readonly string[];
  readonly time_zone: string | null;
};

/** The format of a dataset that says nothing about it: RFC 4180 in UTF-8, with a header. */
export const DEFAULT_FORMAT: Format = {
  encoding: 'utf-8',
  delimiter: ',',
  line_end: 'any',
  quote: '"',
  escape: '"',
  backslash_escapes: false,
  stray_quotes: 'reject',
  comment: [],
  skip_lines: 0,
  skip_footer: 0,
  blank_rows: 'skip',
  short_rows: 'reject',
  long_rows: 'reject',
  header: 1,
  names: null,
  match_names: 'exact',
  blank_names: 'reject',
  duplicate_names: 'reject',
  trim: false,
  null_values: [''],
  quoted_nulls: false,
  on_null: 'omit',
  decimal: '.',
  thousands: [],
  true_values: ['true', 'yes', 't', 'y', '1'],
  false_values: ['false', 'no', 'f', 'n', '0'],
  date_format: ['iso'],
  datetime_format: ['iso'],
  time_zone: null,
};

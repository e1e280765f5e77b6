/** How records and fields are written in a file: the dialect of CSV. Characters are ASCII. */
export type Format = {
  readonly delimiter: string;
  readonly quote: string;
  /** Makes a quote inside a quoted field literal: the quote itself (doubled), or another character such as a backslash. */
  readonly escape: string;
  /** Spaces and tabs around a field, outside of its quotes, are left out. */
  readonly trim: boolean;
  /** A quote inside a field that does not begin with one is a fault, or a plain character. */
  readonly stray_quotes: 'reject' | 'literal';
};

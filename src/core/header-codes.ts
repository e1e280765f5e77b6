import type { CodeEntry, Consequence } from './code-entry.ts';

/** Every code of an error in a file's header. */
export const HEADER_ERRORS = {
  'header-not-found': {
    consequence: 'fails',
    meaning: 'No line of the file begins with the text of `format.skip_lines.until`.',
    remedy: 'Fix `format.skip_lines` of the dataset, or the file.',
  },
  'header-invalid': {
    consequence: 'fails',
    meaning:
      'A column of the header has no name, contains a NUL byte or is not valid UTF-8, or a quote in the header is misplaced or not closed. Or a `sep=` line before the header names another delimiter than the dataset.',
    remedy:
      'Fix the column that the message names; save the file as UTF-8. If the whole header is read as one column, set `format.delimiter` as the message suggests.',
  },
  'duplicate-header': {
    consequence: 'fails',
    meaning: 'The header names a column twice, so one of the two would be lost.',
    remedy: 'Rename one of them.',
  },
  'too-many-columns': {
    consequence: 'fails',
    meaning:
      'The header has more than 16,384 columns, the limit of an Excel sheet. An item of 400 KB has less than 25 bytes for each of more columns, including the name.',
    remedy: 'Remove columns; check `format.delimiter`; or turn groups of columns into rows.',
  },
  'key-column-missing': {
    consequence: 'fails',
    meaning:
      "The header lacks the column of the table's partition key or sort key. The message lists the columns of the header, and suggests a delimiter if the whole header is one column.",
    remedy:
      'Fix the header, or `table.partition_key` and `table.sort_key` of the dataset. Column names are case-sensitive.',
  },
  'column-missing': {
    consequence: 'fails',
    meaning:
      'The header lacks a column that the dataset declares. The message suggests the most similar name in the header.',
    remedy:
      "Fix the header, or the column's name in the dataset. If files may lack the column, declare it `optional: true`.",
  },
  'column-unexpected': {
    consequence: 'fails',
    meaning:
      'The header has a column that the dataset does not declare, and the dataset has `other_columns: reject`.',
    remedy: 'Declare the column, or set `other_columns` to keep, drop or { collect: extras }.',
  },
  'columns-collide': {
    consequence: 'fails',
    meaning:
      'Two columns of the header would be one attribute: both are the same declared column, or one has the name of a computed attribute or of a map.',
    remedy: 'Rename one in the file, or declare it with another `as` or with `drop`.',
  },
} as const satisfies Record<string, CodeEntry & { readonly consequence: Consequence }>;

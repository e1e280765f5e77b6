import type { CodeEntry, Consequence } from './code-entry.ts';

/** The codes of errors that stop an import because of what its file contains. */
export const FILE_ERRORS = {
  'empty-file': {
    consequence: 'fails',
    meaning: 'The object has no bytes, or only a byte order mark: it has no header.',
    remedy: 'Upload the file again, with a header.',
  },
  'nothing-to-infer': {
    consequence: 'fails',
    meaning: 'The file that `sluice infer` reads has a header, but no row that fits it.',
    remedy: 'Infer from a file with rows, or write the document by hand.',
  },
  'not-csv': {
    consequence: 'fails',
    meaning:
      'The content of the file is not CSV. The message names what it is, for example an Excel workbook, Parquet, JSON, an HTML page or an image.',
    remedy: 'As the message says: export or save the data as CSV (UTF-8), and upload that.',
  },
  'encoding-mismatch': {
    consequence: 'fails',
    meaning:
      'The file has another encoding than the dataset declares. Its beginning shows UTF-16 without a byte order mark, or that it is no UTF-16; or its first bytes beyond ASCII, wherever they are, are UTF-8 that would be read as a single-byte encoding. The rows before them are ASCII, and may be stored.',
    remedy: 'Set `format.encoding` as the message says, or save the file in the declared encoding.',
  },
  'record-too-large': {
    consequence: 'fails',
    meaning:
      'A record has more than 4 MiB (4,194,304 bytes), not counting its line end. Usually a quote is opened on the line that the message names, and is not closed.',
    remedy: 'Close the quote; if `"` is not a quote in this file, set `format.quote` of the dataset.',
  },
  'footer-too-large': {
    consequence: 'fails',
    meaning:
      'The dataset has `format.skip_footer`, and so many rows of the file have more than 8 MiB together. They are held in memory until it is known whether they are the last.',
    remedy: 'Lower `format.skip_footer`.',
  },
  'zstd-damaged': {
    consequence: 'fails',
    meaning:
      'An object that begins as zstd is damaged or truncated, or needs a window of more than 32 MiB. The message names the byte of the text up to which it could be read; the rows before it are in the table.',
    remedy:
      'Check the original with `zstd -t`, compress it again without `--ultra` and `--long`, and upload it again.',
  },
  'gzip-damaged': {
    consequence: 'fails',
    meaning:
      'An object that begins as gzip is damaged or truncated. The message names the byte of the text up to which it could be read; the rows before it are in the table.',
    remedy: 'Check the original with `gzip -t`, compress it again, and upload it; or upload it uncompressed.',
  },
} as const satisfies Record<string, CodeEntry & { readonly consequence: Consequence }>;

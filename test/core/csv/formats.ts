import fc from 'fast-check';
import { DEFAULT_FORMAT, type Format } from '../../../src/core/csv/format.ts';

/** Formats with any combination of the options that decide where records and cells end. */
export const formats: fc.Arbitrary<Format> = fc
  .record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    quote: fc.constantFrom('"', "'", null),
    ownEscape: fc.constantFrom(null, '\\', '^'),
    line_end: fc.constantFrom('any', 'lf', 'crlf', 'cr'),
    backslash_escapes: fc.boolean(),
    stray_quotes: fc.constantFrom('reject', 'literal'),
    comment: fc.constantFrom([], ['#'], ['--', '#', '---'], [' a', '"x', 'a;']),
    trim: fc.boolean(),
  })
  .map(({ ownEscape, ...options }) => ({
    ...DEFAULT_FORMAT,
    ...options,
    escape: ownEscape ?? options.quote ?? '"',
  }));

/** Texts of what matters to a reader of the format. */
export function textsOf({ delimiter, quote, escape }: Format): fc.Arbitrary<string> {
  const parts = ['a', 'x', '\n', '\r', '\r\n', ' ', '\t', '"', "'", '\\', '#', '-', '--', 'N', delimiter];
  const character = fc.constantFrom(...parts, quote ?? '"', quote ?? '"', escape, '\n');
  return fc.array(character, { maxLength: 60 }).map((all) => all.join(''));
}

import { DEFAULT_FORMAT, type Format } from '../../src/core/csv/format.ts';
import type { Choices } from './choices.ts';

type Characters = Pick<Format, 'delimiter' | 'quote' | 'escape'>;

const COMMON: readonly Characters[] = [
  { delimiter: ',', quote: '"', escape: '"' },
  { delimiter: ';', quote: '"', escape: '"' },
  { delimiter: '\t', quote: '"', escape: '"' },
  { delimiter: '\t', quote: "'", escape: "'" },
  { delimiter: ',', quote: '"', escape: '\\' },
  { delimiter: '|', quote: '"', escape: '\\' },
  { delimiter: '\t', quote: null, escape: '"' },
];
const COMMENTS = [['#'], ['//'], ['--', '#', '---'], ['Total'], ['%', '##']];
/** Encodings in which each byte is a character: the reader gets their bytes. */
const SINGLE_BYTE = ['windows-1252', 'koi8-r', 'windows-1251', 'iso-8859-16', 'ibm866'];

/** A format with any of the options that decide where records and cells end, within the rules of the schema. */
export function anyFormat(choices: Choices): Format {
  const { below, once, pick } = choices;
  const characters = below(3) > 0 ? pick(COMMON) : anyCharacters(choices);
  const { delimiter, quote, escape } = characters;
  const marks = delimiter + (quote ?? '');
  const comment = once(5) ? pick(COMMENTS) : [];
  return {
    ...DEFAULT_FORMAT,
    ...characters,
    encoding: once(4) ? pick(SINGLE_BYTE) : 'utf-8',
    line_end: once(3) ? pick(['lf', 'crlf', 'cr'] as const) : 'any',
    // A delimiter or quote that means a control character behind a backslash could not be written.
    backslash_escapes: once(5) && !/[0bfnrtvZN\\]/.test(marks),
    stray_quotes: once(2) ? 'reject' : 'literal',
    comment: comment.some((each) => each.includes(delimiter) || each.includes(quote ?? delimiter))
      ? []
      : comment,
    trim: once(4) && (quote === null || !/[ \t]/.test(quote + escape)),
  };
}

/** Any characters that a dataset may name. */
function anyCharacters({ below, once }: Choices): Characters {
  const ascii = (): string => (once(12) ? '\t' : String.fromCharCode(0x20 + below(0x5f)));
  for (;;) {
    const [delimiter, quote, other] = [ascii(), ascii(), ascii()];
    const escape = once(2) ? quote : other;
    if (delimiter !== quote && delimiter !== escape) return { delimiter, quote, escape };
  }
}

import { byteTable } from './text/encoding.ts';
import type { Format } from './format.ts';
import { BACKSLASHED, ESCAPED, type RecordReader } from './record-reader.ts';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const strictUtf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/**
 * Decodes a cell of the reader's record and undoes its escapes. What is malformed becomes U+FFFD, or throws TypeError if `strict`. For
 * headers, messages and what needs a string: other cells are copied as bytes (`types/json-string.ts`).
 */
export function cellText(
  { starts, ends, marks }: Pick<RecordReader, 'starts' | 'ends' | 'marks'>,
  bytes: Uint8Array,
  field: number,
  format: Format,
  strict = false,
): string {
  const text = decoded(bytes.subarray(starts[field], ends[field]), format.encoding, strict);
  const mark = marks[field]!;
  return (mark & (ESCAPED | BACKSLASHED)) === 0 ? text : unescaped(text, mark, format);
}

function decoded(bytes: Uint8Array, encoding: string, strict: boolean): string {
  const table = byteTable(encoding);
  if (table === null) return (strict ? strictUtf8 : utf8).decode(bytes);
  let text = '';
  for (const byte of bytes) {
    const character = table.texts[byte]!;
    if (strict && character === '') throw new TypeError(`Byte ${byte} means nothing in ${encoding}.`);
    text += character || '\ufffd';
  }
  return text;
}

function unescaped(text: string, mark: number, { quote, escape }: Format): string {
  const hasEscapes = (mark & ESCAPED) !== 0;
  const hasBackslashes = (mark & BACKSLASHED) !== 0;
  let plain = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    const following = text[at + 1];
    if (following === undefined) {
      plain += character;
    } else if (hasBackslashes && character === '\\') {
      plain += BACKSLASH_MEANINGS.get(following) ?? following;
      at++;
    } else {
      const isEscape = hasEscapes && character === escape && (following === quote || following === escape);
      if (isEscape) at++;
      plain += text[at];
    }
  }
  return plain;
}

/**
 * What a letter means behind a backslash, in MySQL's `LOAD DATA` (\0 \b \n \r \t \Z) or PostgreSQL's `COPY` in text format (\b \f \n
 * \r \t \v). Any other character means itself.
 */
export const BACKSLASH_MEANINGS: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['Z', '\x1a'],
]);

import type { Format } from './format.ts';
import { ESCAPED, type RecordReader } from './record-reader.ts';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const strictUtf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/**
 * Decodes a field of the reader's record and removes escapes. Malformed UTF-8 becomes U+FFFD, or throws TypeError if `strict`. For
 * headers and messages only: rows are mapped as bytes by `mapping.ts`.
 */
export function fieldText(
  reader: RecordReader,
  bytes: Uint8Array,
  field: number,
  format: Format,
  strict = false,
): string {
  const text = (strict ? strictUtf8 : utf8).decode(bytes.subarray(reader.starts[field], reader.ends[field]));
  if ((reader.marks[field]! & ESCAPED) === 0) return text;
  return undoEscapes(text, format);
}

function undoEscapes(text: string, { quote, escape }: Format): string {
  let plain = '';
  for (let at = 0; at < text.length; at++) {
    const following = text[at + 1];
    if (text[at] === escape && (following === quote || following === escape)) at++;
    plain += text[at];
  }
  return plain;
}

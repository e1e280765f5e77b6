import { SluiceError } from '../../errors.ts';
import { encodingKind } from './encoding.ts';
import { sequenceLength } from './utf8.ts';

/** A text in UTF-16 that is mostly ASCII has a NUL byte in every second place. */
const LEAST_NUL_SHARE = 0.3;
const LEAST_BYTES = 4;

/**
 * Throws `encoding-mismatch` if the beginning of a text shows that it has another encoding than the one it is to be read by: UTF-8
 * that would be read as a single-byte encoding, or UTF-16 without a byte order mark. `name`: the file's.
 */
export function checkEncoding(text: Uint8Array, encoding: string, last: boolean, name: string): void {
  const utf16 = encoding.startsWith('utf-16') ? null : likelyUtf16(text);
  if (utf16 !== null) {
    throw new SluiceError(
      'encoding-mismatch',
      `${name} contains a NUL byte in every second place: it is probably UTF-16. Set format.encoding: ${utf16}, or save the file as UTF-8.`,
      { data: { encoding, found: utf16 } },
    );
  }
  if (encodingKind(encoding) === 'single-byte' && isUtf8(text, last)) {
    throw new SluiceError(
      'encoding-mismatch',
      `${name} is UTF-8, but the dataset declares format.encoding: ${encoding}; its letters beyond ASCII would be read as others. Remove format.encoding, or save the file as ${encoding}.`,
      { data: { encoding, found: 'utf-8' } },
    );
  }
}

function likelyUtf16(text: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (text.length < LEAST_BYTES) return null;
  const nuls = [0, 0];
  for (let at = 0; at < text.length; at++) if (text[at] === 0) nuls[at % 2]!++;
  const share = (parity: 0 | 1): number => nuls[parity]! / (text.length / 2);
  if (share(1) > LEAST_NUL_SHARE && share(0) < LEAST_NUL_SHARE / 10) return 'utf-16le';
  return share(0) > LEAST_NUL_SHARE && share(1) < LEAST_NUL_SHARE / 10 ? 'utf-16be' : null;
}

/** The text has bytes beyond ASCII, and all of it is well-formed UTF-8. The end may cut a character. */
function isUtf8(text: Uint8Array, last: boolean): boolean {
  let hasOthers = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at]! < 0x80) continue;
    const length = sequenceLength(text, at, text.length);
    if (length === 0) return hasOthers && !last && at > text.length - 4;
    hasOthers = true;
    at += length - 1;
  }
  return hasOthers;
}

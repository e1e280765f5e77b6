import { SluiceError } from '../../errors.ts';
import { encodingKind } from './encoding.ts';
import { createUtf8Judge } from './utf8-judge.ts';

/** A text in UTF-16 that is mostly ASCII has a NUL byte in every second place. */
const LEAST_NUL_SHARE = 0.3;
const LEAST_BYTES = 4;
/** A text in an encoding such as GB18030 rarely has so many characters that are all well-formed UTF-8 as well. */
const LEAST_SEQUENCES = 4;

/**
 * Throws `encoding-mismatch` if the beginning of a text shows that it has another encoding than the one it is to be read by. Returns
 * whether it shows that it is no UTF-8, so that nothing behind it needs to be looked at. `name`: the file's.
 */
export function checkEncoding(text: Uint8Array, encoding: string, name: string): boolean {
  const utf16 = likelyUtf16(text);
  if (utf16 !== null && utf16 !== encoding) {
    const order = encoding.startsWith('utf-16') ? `in the other byte order` : 'probably UTF-16';
    throw mismatch(
      `${name} contains a NUL byte in every second place: it is ${order}. Set format.encoding: ${utf16}, or save the file as UTF-8.`,
      encoding,
      utf16,
    );
  }
  if (encoding === 'utf-8' || utf16 !== null) return true;
  const judge = createUtf8Judge();
  const verdict = judge.push(text);
  if (encoding.startsWith('utf-16')) {
    if (text.length >= LEAST_BYTES && !text.includes(0)) throw notUtf16(encoding, verdict, name);
    return true;
  }
  const isSingleByte = encodingKind(encoding) === 'single-byte';
  if (verdict === 'utf-8' && (isSingleByte || judge.sequences >= LEAST_SEQUENCES))
    throw isUtf8(encoding, name);
  return verdict === 'other' || !isSingleByte;
}

/** Of a text that is declared in a single-byte encoding, and is UTF-8. */
export function isUtf8(encoding: string, name: string): SluiceError {
  return mismatch(
    `${name} is UTF-8, but the dataset declares format.encoding: ${encoding}; its letters beyond ASCII would be read as others. Remove format.encoding, or save the file as ${encoding}.`,
    encoding,
    'utf-8',
  );
}

/** Delimiters and line ends in UTF-16 have a NUL byte each. */
function notUtf16(encoding: string, verdict: 'utf-8' | 'other' | null, name: string): SluiceError {
  const [found, remedy] =
    verdict === 'other'
      ? [null, "Set format.encoding to the file's encoding, for example windows-1252"]
      : ['utf-8', 'It is UTF-8: remove format.encoding'];
  return mismatch(
    `${name} is not UTF-16, because it contains no NUL byte, but the dataset declares format.encoding: ${encoding}. ${remedy}.`,
    encoding,
    found,
  );
}

function mismatch(text: string, encoding: string, found: string | null): SluiceError {
  return new SluiceError('encoding-mismatch', text, { data: { encoding, found } });
}

/** UTF-16 without a byte order mark, by its NUL bytes; null: it is none. */
export function likelyUtf16(text: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (text.length < LEAST_BYTES) return null;
  const nuls = [0, 0];
  for (let at = 0; at < text.length; at++) if (text[at] === 0) nuls[at % 2]!++;
  const share = (parity: 0 | 1): number => nuls[parity]! / (text.length / 2);
  if (share(1) > LEAST_NUL_SHARE && share(0) < LEAST_NUL_SHARE / 10) return 'utf-16le';
  return share(0) > LEAST_NUL_SHARE && share(1) < LEAST_NUL_SHARE / 10 ? 'utf-16be' : null;
}

/** How the bytes of an object become the text whose positions a chunk has. */
export type TextCoding = {
  readonly compression: 'gzip' | 'zstd' | null;
  /** Decoded to UTF-8 from this encoding, as a stream; null: the bytes are the text. */
  readonly decodedFrom: string | null;
};

export const PLAIN_TEXT: TextCoding = { compression: null, decodedFrom: null };

const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
/** A frame that zstd skips: 0x184D2A50 to 0x184D2A5F, little-endian (RFC 8878). Some programs write one first. */
const ZSTD_SKIPPED = [0x2a, 0x4d, 0x18];

/** The compression of an object, by its first bytes. */
export function compressionOf(bytes: Uint8Array): TextCoding['compression'] {
  if (GZIP.every((byte, index) => bytes[index] === byte)) return 'gzip';
  if (ZSTD.every((byte, index) => bytes[index] === byte)) return 'zstd';
  const isSkipped = bytes.length > 3 && (bytes[0]! & 0xf0) === 0x50;
  return isSkipped && ZSTD_SKIPPED.every((byte, index) => bytes[index + 1] === byte) ? 'zstd' : null;
}

/** The encoding that a byte order mark at the beginning of a text names; null: there is none. */
export function markedEncoding(text: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | null {
  if (text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf) return 'utf-8';
  if (text[0] === 0xff && text[1] === 0xfe) return 'utf-16le';
  if (text[0] === 0xfe && text[1] === 0xff) return 'utf-16be';
  return null;
}

/** The text can only be read from its beginning, and its length is known only at its end. */
export function isStreamed({ compression, decodedFrom }: TextCoding): boolean {
  return compression !== null || decodedFrom !== null;
}

/** Length of an object's text, in bytes; Infinity where it is streamed. */
export function textBytes(object: { readonly sizeBytes: number }, coding: TextCoding): number {
  return isStreamed(coding) ? Infinity : object.sizeBytes;
}

/** The same before the object is read, by its name: what a chunk's record says. Its loader knows better (`textBytes`). */
export function expectedTextBytes({
  key,
  sizeBytes,
}: {
  readonly key: string;
  readonly sizeBytes: number;
}): number {
  return /\.(gz|zst)$/i.test(key) ? Infinity : sizeBytes;
}

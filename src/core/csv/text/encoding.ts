/** A single-byte encoding's character of each byte, in UTF-8. */
export type ByteTable = {
  /** Where the character of byte b begins in `utf8`: [offsets[b], offsets[b + 1]). Empty: the byte means nothing. */
  readonly offsets: Uint16Array;
  readonly utf8: Uint8Array;
  /** The same as texts; '' where the byte means nothing. */
  readonly texts: readonly string[];
  readonly bytes: ReadonlyMap<string, number>;
};

/** How the bytes of an encoding become text. */
export type EncodingKind =
  | 'utf-8'
  /** ASCII and a table for the other bytes: the reader sees the file's bytes. */
  | 'single-byte'
  /** A character has several bytes, some of them ASCII's: the source decodes it as a stream. */
  | 'stream';

const UTF_8 = 'utf-8';
const QUESTION_MARK = 0x3f;
/** Their bytes below 0x80 are ASCII, and each byte is a character. */
const SINGLE_BYTE = new Set(
  `ibm866 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8 iso-8859-8-i iso-8859-10 iso-8859-13
  iso-8859-14 iso-8859-15 iso-8859-16 koi8-r koi8-u macintosh windows-874 windows-1250 windows-1251 windows-1252 windows-1253
  windows-1254 windows-1255 windows-1256 windows-1257 windows-1258 x-mac-cyrillic x-user-defined`.split(
    /\s+/,
  ),
);
/** Node.js does not have these three encodings of the standard (index-iso-8859-16.txt for the first). */
const ISO_8859_16 =
  '\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96\x97\x98\x99\x9a\x9b\x9c\x9d\x9e\x9f' +
  '\xa0ĄąŁ€„Š§š©Ș«Ź\xadźŻ°±ČłŽ”¶·žčș»ŒœŸżÀÁÂĂÄĆÆÇÈÉÊËÌÍÎÏĐŃÒÓÔŐÖŚŰÙÚÛÜĘȚßàáâăäćæçèéêëìíîïđńòóôőöśűùúûüęțÿ';
/** Some releases of Node.js 22 and 23 decode these bytes as ISO-8859-1 (nodejs/node, issue 56542). */
const WINDOWS_1252 =
  '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ' +
  Array.from({ length: 96 }, (_, byte) => String.fromCharCode(0xa0 + byte)).join('');

/**
 * The name of an encoding in the WHATWG's Encoding Standard, in lower case, of any of its labels (`latin1` is windows-1252); null if
 * it has none, or none that can be read.
 */
export function canonicalEncoding(label: string): string | null {
  const name = label.trim().toLowerCase();
  if (name === 'iso-8859-16' || name === 'x-user-defined') return name;
  try {
    return new TextDecoder(name).encoding.toLowerCase();
  } catch {
    return null;
  }
}

export function encodingKind(encoding: string): EncodingKind {
  if (encoding === UTF_8) return 'utf-8';
  return SINGLE_BYTE.has(encoding) ? 'single-byte' : 'stream';
}

const tables = new Map<string, ByteTable>();

/** The table of a single-byte encoding; null for UTF-8, and for encodings that reach the reader as UTF-8, decoded as a stream. */
export function byteTable(encoding: string): ByteTable | null {
  if (encodingKind(encoding) !== 'single-byte') return null;
  const table = tables.get(encoding) ?? createTable(encoding);
  tables.set(encoding, table);
  return table;
}

/** Encodes text for a file of the encoding; `?` stands for what it cannot say. */
export function encodeText(text: string, encoding: string): Uint8Array {
  const table = byteTable(encoding);
  if (table === null) return new TextEncoder().encode(text);
  return Uint8Array.from(Array.from(text), (character) => table.bytes.get(character) ?? QUESTION_MARK);
}

/** Decodes bytes as `byteTable` says, or as UTF-8; U+FFFD stands for what is malformed. */
export function decodeText(bytes: Uint8Array, encoding: string): string {
  const table = byteTable(encoding);
  if (table === null) return utf8.decode(bytes);
  let text = '';
  for (const byte of bytes) text += table.texts[byte] || '\ufffd';
  return text;
}

/** The code and the reason of a cell whose bytes are no text in the file's encoding; `text`: the cell, for the message. */
export function invalidText(
  encoding: string,
  text: string,
): { readonly code: 'invalid-utf8' | 'encoding-invalid'; readonly reason: string } {
  const reason = `${text} is not valid ${encoding === UTF_8 ? 'UTF-8' : encoding}`;
  if (encoding !== UTF_8) return { code: 'encoding-invalid', reason };
  return {
    code: 'invalid-utf8',
    reason: `${reason}; if the file has another encoding, set format.encoding, for example windows-1252`,
  };
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

function createTable(encoding: string): ByteTable {
  const encoder = new TextEncoder();
  const texts = Array.from({ length: 256 }, (_, byte) => (byte < 0x80 ? String.fromCharCode(byte) : ''));
  const characters = upperCharacters(encoding);
  for (let byte = 0x80; byte < 256; byte++) texts[byte] = characters[byte - 0x80]!;
  const offsets = new Uint16Array(257);
  const encoded = texts.map((text) => encoder.encode(text));
  for (let byte = 0; byte < 256; byte++) offsets[byte + 1] = offsets[byte]! + encoded[byte]!.length;
  const all = new Uint8Array(offsets[256]!);
  for (let byte = 0; byte < 256; byte++) all.set(encoded[byte]!, offsets[byte]);
  const bytes = new Map(texts.map((text, byte) => [text, byte]));
  bytes.delete('');
  return { offsets, utf8: all, texts, bytes };
}

/** The characters of the bytes from 0x80 on; '' for a byte that means nothing. */
function upperCharacters(encoding: string): readonly string[] {
  if (encoding === 'windows-1252') return Array.from(WINDOWS_1252);
  if (encoding === 'iso-8859-16') return Array.from(ISO_8859_16);
  if (encoding === 'x-user-defined') {
    return Array.from({ length: 128 }, (_, byte) => String.fromCharCode(0xf780 + byte));
  }
  // The two differ in the direction of writing only.
  const decoder = new TextDecoder(encoding === 'iso-8859-8-i' ? 'iso-8859-8' : encoding);
  return Array.from({ length: 128 }, (_, byte) => {
    const text = decoder.decode(Uint8Array.of(0x80 + byte));
    return text === '\ufffd' ? '' : text;
  });
}

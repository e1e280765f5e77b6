/**
 * Decodes an encoding whose characters have several bytes to UTF-8, piece by piece. What is malformed becomes the byte 0xFF, which no
 * UTF-8 contains: so it cannot be mistaken for text, and the row that has it is rejected.
 */
export type StreamDecoder = {
  push(piece: Uint8Array): Uint8Array;
  /** What is left of a character that the text ends within. */
  end(): Uint8Array;
};

const MALFORMED = Buffer.of(0xff);
const REPLACEMENT = '\ufffd';
/** One without its other half. */
const SURROGATE = /\p{Surrogate}/u;
const NOTHING = new Uint8Array(0);

/** `encoding`: a canonical name whose `encodingKind` is `stream`. */
export function createTextDecoder(encoding: string): StreamDecoder {
  if (encoding === 'utf-16le') return utf16Decoder(false);
  if (encoding === 'utf-16be') return utf16Decoder(true);
  return tableDecoder(encoding);
}

/** Node.js decodes UTF-16 without judging it: unpaired surrogates are found in the string. */
function utf16Decoder(isBigEndian: boolean): StreamDecoder {
  let carry = Buffer.alloc(0);

  return {
    push(piece) {
      const all = carry.length === 0 ? Buffer.from(piece) : Buffer.concat([carry, piece]);
      let end = all.length - (all.length % 2);
      // The second half of a pair may be in the next piece.
      if (end >= 2 && (all[end - (isBigEndian ? 2 : 1)]! & 0xfc) === 0xd8) end -= 2;
      carry = Buffer.from(all.subarray(end));
      const units = all.subarray(0, end);
      if (isBigEndian) units.swap16();
      const text = units.toString('utf16le');
      return SURROGATE.test(text) ? withoutSurrogates(text) : Buffer.from(text);
    },
    end: () => (carry.length === 0 ? NOTHING : MALFORMED),
  };
}

function withoutSurrogates(text: string): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at)!;
    if (code > 0xffff) at++;
    if (code < 0xd800 || code > 0xdfff) continue;
    parts.push(Buffer.from(text.slice(from, at)), MALFORMED);
    from = at + 1;
  }
  return Buffer.concat([...parts, Buffer.from(text.slice(from))]);
}

/** No other encoding has U+FFFD as a character (GB18030 has it for no reason), so it always stands for what is malformed. */
function tableDecoder(encoding: string): StreamDecoder {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  const restore = encoding === 'shift_jis' ? withoutRotation : (text: string): string => text;

  return {
    push: (piece) => encoded(restore(decoder.decode(piece, { stream: true }))),
    end: () => encoded(restore(decoder.decode())),
  };

  function encoded(text: string): Uint8Array {
    if (!text.includes(REPLACEMENT)) return Buffer.from(text);
    const parts = text
      .split(REPLACEMENT)
      .flatMap((part, index) => (index === 0 ? [Buffer.from(part)] : [MALFORMED, Buffer.from(part)]));
    return Buffer.concat(parts);
  }
}

/** ICU's table of Shift_JIS exchanges three control characters, as IBM's code pages do. The standard does not. */
function withoutRotation(text: string): string {
  if (!ROTATED.some(([rotated]) => text.includes(rotated))) return text;
  const meant = new Map(ROTATED);
  return Array.from(text, (character) => meant.get(character) ?? character).join('');
}

const ROTATED: readonly (readonly [string, string])[] = [
  ['\x1c', '\x1a'],
  ['\x7f', '\x1c'],
  ['\x1a', '\x7f'],
];

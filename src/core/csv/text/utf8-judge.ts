import { sequenceLength } from './utf8.ts';

/**
 * Judges whether a text is UTF-8 by its bytes beyond ASCII, piece by piece. ASCII means the same in UTF-8 and in the encodings of
 * one byte a character: so what precedes the first other byte is read right by either.
 */
export type Utf8Judge = {
  /**
   * `utf-8`: all bytes of the piece beyond ASCII are characters of UTF-8. `other`: some are not. null: there are none, or only a
   * character that the piece's end cuts. Nothing needs to be pushed after a verdict.
   */
  push(piece: Uint8Array): 'utf-8' | 'other' | null;
  /** Characters beyond ASCII so far. */
  readonly sequences: number;
};

/** U+0080 to U+009F are well-formed (0xC2 0x80 to 0x9F), but no text has these control characters. */
const CONTROL_LEAD = 0xc2;
const FIRST_OTHER_BYTE = 0xa0;
const NOTHING = new Uint8Array(0);

export function createUtf8Judge(): Utf8Judge {
  /** The beginning of a character that the last piece has cut. */
  let cut = NOTHING;
  let sequences = 0;

  return {
    push(piece) {
      const text = cut.length === 0 ? piece : joined(cut, piece);
      cut = NOTHING;
      for (let at = firstHigh(text, 0); at < text.length; at = firstHigh(text, at)) {
        const length = sequenceLength(text, at, text.length);
        if (length === 0 && isCut(text, at)) {
          cut = text.slice(at);
          break;
        }
        if (length === 0 || (text[at] === CONTROL_LEAD && text[at + 1]! < FIRST_OTHER_BYTE)) return 'other';
        sequences++;
        at += length;
      }
      return sequences > 0 ? 'utf-8' : null;
    },
    get sequences() {
      return sequences;
    },
  };
}

/** Position of the first byte beyond ASCII from `at` on, or the length. */
function firstHigh(text: Uint8Array, from: number): number {
  let at = from;
  while (at < text.length && text[at]! < 0x80) at++;
  return at;
}

function isCut(text: Uint8Array, at: number): boolean {
  const first = text[at]!;
  if (first < 0xc2 || first > 0xf4) return false;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return at + length > text.length && text.subarray(at + 1).every((byte) => (byte & 0xc0) === 0x80);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

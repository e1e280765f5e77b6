import { byteClasses, DATA_LINE, LINE_END } from './byte-classes.ts';
import { encodeText } from './text/encoding.ts';
import type { Format } from './format.ts';

/** A line: where it ends, where the next one begins, and how many lines an editor shows for it. */
export type Line = { readonly end: number; readonly next: number; readonly lines: number };

/** Finds lines that are no records: quotes and backslashes mean nothing in them. */
export type LineFinder = {
  /** The line at `begin`; null: it is not complete. The byte at `stop` must be a line end. */
  lineAt(bytes: Uint8Array, begin: number, stop: number, last: boolean): Line | null;
  /** The same if it is a comment (`format.comment`); null: it is none. `incomplete`: only more bytes can tell. */
  commentAt(bytes: Uint8Array, begin: number, stop: number, last: boolean): Line | 'incomplete' | null;
};

const LF = 10;

export function createLineFinder(format: Format): LineFinder {
  const texts = format.comment.map((text) => encodeText(text, format.encoding));
  const { outside } = byteClasses(format);
  const mayPair = format.line_end === 'any' || format.line_end === 'crlf';
  const isPair = format.line_end === 'crlf';

  return {
    lineAt,
    commentAt(bytes, begin, stop, last) {
      let isUnsure = false;
      for (const text of texts) {
        const length = sameBytes(bytes, begin, stop, text);
        if (length === text.length) return lineAt(bytes, begin, stop, last) ?? 'incomplete';
        if (begin + length === stop && !last) isUnsure = true;
      }
      return isUnsure ? 'incomplete' : null;
    },
  };

  function lineAt(bytes: Uint8Array, begin: number, stop: number, last: boolean): Line | null {
    let lines = 1;
    for (let at = begin; ; at++) {
      const kind = outside[bytes[at]!]!;
      if (at >= stop) return last ? { end: stop, next: stop, lines } : null;
      if (kind === DATA_LINE) lines++;
      if (kind !== LINE_END) continue;
      if (bytes[at] === LF || !mayPair) return { end: at, next: at + 1, lines };
      if (at + 1 >= stop && !last) return null;
      const hasLf = at + 1 < stop && bytes[at + 1] === LF;
      if (hasLf || !isPair) return { end: at, next: hasLf ? at + 2 : at + 1, lines };
    }
  }
}

/** How many bytes from `begin` on are those of the text. */
function sameBytes(bytes: Uint8Array, begin: number, stop: number, text: Uint8Array): number {
  let length = 0;
  while (length < text.length && begin + length < stop && bytes[begin + length] === text[length]) length++;
  return length;
}

/** Whether the line [begin, end) begins with the text, or a quote and the text. */
export function lineBeginsWith(
  bytes: Uint8Array,
  begin: number,
  end: number,
  text: Uint8Array,
  { quote }: Pick<Format, 'quote'>,
): boolean {
  if (sameBytes(bytes, begin, end, text) === text.length) return true;
  const isQuoted = quote !== null && begin < end && bytes[begin] === quote.charCodeAt(0);
  return isQuoted && sameBytes(bytes, begin + 1, end, text) === text.length;
}

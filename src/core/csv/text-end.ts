/** DOS ends a text with it, and some programs still do (Ctrl-Z). */
const END_OF_TEXT = 0x1a;

/** Where the text of a file ends whose bytes end at `end`: before any Ctrl-Z at its end. */
export function textEnd(bytes: Uint8Array, start: number, end: number): number {
  let textEnd = end;
  while (textEnd > start && bytes[textEnd - 1] === END_OF_TEXT) textEnd--;
  return textEnd;
}

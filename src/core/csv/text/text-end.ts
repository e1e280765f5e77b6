/** Ctrl-Z: DOS ends a text with it, and some programs still do. */
const END_OF_TEXT = 0x1a;

/** The end of a file's text: `end`, or before a Ctrl-Z that is there. */
export function textEnd(bytes: Uint8Array, start: number, end: number): number {
  let textEnd = end;
  while (textEnd > start && bytes[textEnd - 1] === END_OF_TEXT) textEnd--;
  return textEnd;
}

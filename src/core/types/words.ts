/**
 * Copies short texts between large arrays, four bytes at a time: `set` with a `subarray` costs more, and a byte at a time twice as
 * much. A text whose length is not a multiple of four is read and written up to three bytes too far. What is written next
 * overwrites these bytes, and both arrays must have SPARE_BYTES after the text.
 */
export const SPARE_BYTES = 3;

/** An array, and a view of its bytes. */
export type Words = { readonly bytes: Uint8Array; readonly view: DataView };

export function wordsOf(bytes: Uint8Array): Words {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** Copies [start, end) to `at`. Returns the position after it. */
export function copyWords(from: Words, start: number, end: number, to: Words, at: number): number {
  const source = from.view;
  const target = to.view;
  for (let k = start, out = at; k < end; k += 4, out += 4) {
    target.setInt32(out, source.getInt32(k, true), true);
  }
  return at + (end - start);
}

/** A text that is written many times. */
export type WordText = { readonly words: Int32Array; readonly length: number };

export function wordText(bytes: Uint8Array): WordText {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  const { view } = wordsOf(padded);
  const words = Int32Array.from({ length: padded.length / 4 }, (_, k) => view.getInt32(4 * k, true));
  return { words, length: bytes.length };
}

/** Writes the text to `at`. Returns the position after it. */
export function writeWords({ words, length }: WordText, to: Words, at: number): number {
  const target = to.view;
  for (let k = 0; k < words.length; k++) target.setInt32(at + 4 * k, words[k]!, true);
  return at + length;
}

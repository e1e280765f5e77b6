/**
 * Copying four bytes at a time: short texts between large arrays, where `set` with a `subarray` costs more than the bytes do,
 * and a byte at a time twice as much. A text whose length is no multiple of four is read and written up to three bytes
 * too far: what stands there is overwritten by what follows, and both sides must have so much room behind.
 */
export const SPARE_BYTES = 3;

/** The bytes of an array, also as a view. */
export type Words = { readonly bytes: Uint8Array; readonly view: DataView };

export function wordsOf(bytes: Uint8Array): Words {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** Copies [start, end) to `at`; answers the position behind. */
export function copyWords(from: Words, start: number, end: number, to: Words, at: number): number {
  const source = from.view;
  const target = to.view;
  for (let k = start, out = at; k < end; k += 4, out += 4) {
    target.setInt32(out, source.getInt32(k, true), true);
  }
  return at + (end - start);
}

/** A text that is written again and again. */
export type WordText = { readonly words: Int32Array; readonly length: number };

export function wordText(bytes: Uint8Array): WordText {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  const { view } = wordsOf(padded);
  const words = Int32Array.from({ length: padded.length / 4 }, (_, k) => view.getInt32(4 * k, true));
  return { words, length: bytes.length };
}

/** Writes the text to `at`; answers the position behind. */
export function writeWords({ words, length }: WordText, to: Words, at: number): number {
  const target = to.view;
  for (let k = 0; k < words.length; k++) target.setInt32(at + 4 * k, words[k]!, true);
  return at + length;
}

import { SPARE_BYTES, type Words, wordsOf } from '../words.ts';

/** Larger arrays are given back: one large cell must not keep its memory. */
const KEPT_BYTES = 65_536;

/** An array for a text of so many bytes, valid until the next call. Each use of a text has a scratch of its own. */
export type Scratch = (bytes: number) => Words;

export function createScratch(): Scratch {
  let kept = wordsOf(new Uint8Array(64));
  return (bytes) => {
    const needed = bytes + SPARE_BYTES;
    if (kept.bytes.length >= needed) return kept;
    const larger = wordsOf(new Uint8Array(needed * 2));
    if (larger.bytes.length <= KEPT_BYTES) kept = larger;
    return larger;
  };
}

const encoder = new TextEncoder();
/** UTF-8 of a UTF-16 code unit. */
const MAX_UTF8_BYTES = 3;

/** Writes a text into a scratch; returns its length in bytes beside it. */
export function encodeText(
  text: string,
  scratch: Scratch,
): { readonly words: Words; readonly length: number } {
  const words = scratch(text.length * MAX_UTF8_BYTES);
  return { words, length: encoder.encodeInto(text, words.bytes).written };
}

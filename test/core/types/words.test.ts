import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copyWords, SPARE_BYTES, wordsOf, wordText, writeWords } from '../../../src/core/types/words.ts';

const bytes = fc.uint8Array({ maxLength: 40 });
const place = fc.nat(9);

/** An array with another one around it, so that a view of the whole memory would be off. */
function within(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(length + 16), 5, length).fill(0xee);
}

describe('copying by words', () => {
  test('copies the same bytes as a copy by bytes, and changes only the spare bytes after them', () => {
    fc.assert(
      fc.property(bytes, place, place, (text, start, at) => {
        const from = within(start + text.length + SPARE_BYTES);
        from.set(text, start);
        const to = within(at + text.length + SPARE_BYTES + 8);
        const end = copyWords(wordsOf(from), start, start + text.length, wordsOf(to), at);
        expect(end).toBe(at + text.length);
        expect(to.subarray(at, end)).toEqual(text);
        expect(to.subarray(0, at).every((byte) => byte === 0xee)).toBe(true);
        expect(to.subarray(end + SPARE_BYTES).every((byte) => byte === 0xee)).toBe(true);
      }),
    );
  });

  test('writes a prepared text likewise', () => {
    fc.assert(
      fc.property(bytes, place, (text, at) => {
        const to = within(at + text.length + SPARE_BYTES + 8);
        const end = writeWords(wordText(text), wordsOf(to), at);
        expect(end).toBe(at + text.length);
        expect(to.subarray(at, end)).toEqual(text);
        expect(to.subarray(0, at).every((byte) => byte === 0xee)).toBe(true);
        expect(to.subarray(end + SPARE_BYTES).every((byte) => byte === 0xee)).toBe(true);
      }),
    );
  });
});

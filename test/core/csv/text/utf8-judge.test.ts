import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createUtf8Judge } from '../../../../src/core/csv/text/utf8-judge.ts';

const texts = fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => !/[\u0080-\u009f]/.test(text));

function verdictOf(bytes: Uint8Array, pieceBytes: number): 'utf-8' | 'other' | null {
  const judge = createUtf8Judge();
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const verdict = judge.push(bytes.subarray(at, at + pieceBytes));
    if (verdict !== null) return verdict;
  }
  return null;
}

test('UTF-8 beyond ASCII is found, wherever the pieces end', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 5 }), (text, pieceBytes) => {
      const isAscii = Buffer.byteLength(text) === text.length;
      expect(verdictOf(Buffer.from(text), pieceBytes)).toBe(isAscii ? null : 'utf-8');
    }),
  );
});

test.each([
  ['a letter of windows-1252', 'Jürgen'],
  ['a letter at the end of a piece', 'abcé,d'],
  ['a control character of two bytes, which is a letter and a sign in windows-1251', '1 \xc2\x88\n'],
  ['a character of UTF-8, and a byte that is none', 'Ã¼ é.'],
  ['the beginning of three bytes', '\xe4\xb8a'],
])('%s is another encoding', (_, text) => {
  expect(verdictOf(Buffer.from(text, 'latin1'), text.length)).toBe('other');
});

test('a character that the end of the text cuts says nothing', () => {
  expect(verdictOf(Buffer.from('abc\xe4\xb8', 'latin1'), 100)).toBeNull();
});

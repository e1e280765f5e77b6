import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundedText, MAX_TEXT_BYTES } from '../../src/core/bounded-text.ts';
import { SluiceError } from '../../src/core/errors.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

test('a text that fits is kept as it is, to the last byte', () => {
  const texts = ['', 'a'.repeat(100), 'ä'.repeat(50), '名'.repeat(33), '😀'.repeat(25)];
  for (const text of texts) expect(boundedText(text, 100)).toBe(text);
});

test('a longer one keeps its beginning and its end, within the bound, and no character is cut', () => {
  const unit = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(unit, fc.integer({ min: 40, max: 200 }), (text, maxBytes) => {
      const bounded = boundedText(text, maxBytes);
      expect(bytesOf(bounded)).toBeLessThanOrEqual(maxBytes);
      // Throws for half a character.
      expect(encodeURIComponent(bounded)).not.toBe('');
      const [start = '', end = ''] = bounded === text ? [text, text] : bounded.split(' […] ');
      expect(text.startsWith(start) && text.endsWith(end)).toBe(true);
    }),
  );
  expect(boundedText('x'.repeat(500) + ' Rename it.', 200)).toMatch(/^x{40,} \[…\] x+ Rename it\.$/);
});

test('the message of an error is bounded in bytes, also in its stack', () => {
  const error = new SluiceError('duplicate-header', `${'名'.repeat(60_000)} twice. Rename one.`);
  expect(bytesOf(error.message)).toBeLessThanOrEqual(MAX_TEXT_BYTES);
  expect(error.message).toMatch(/ twice\. Rename one\.$/);
  expect(bytesOf(error.stack ?? '')).toBeLessThan(3 * MAX_TEXT_BYTES);
});

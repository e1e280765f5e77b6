import { expect, test } from 'vitest';
import { hash128 } from '../../../src/core/spill/hash128.ts';

function hashOf(text: string, before = ''): string {
  const bytes = new TextEncoder().encode(before + text);
  const to = new Uint32Array(6);
  hash128(bytes, before.length, bytes.length, to, 1);
  expect([to[0], to[5]]).toEqual([0, 0]);
  return [...to.subarray(1, 5)].map((word) => word.toString(16).padStart(8, '0')).join('');
}

test('hashes as MurmurHash3_x86_128 does', () => {
  expect(hashOf('')).toBe('0'.repeat(32));
  expect(hashOf("I will not buy this tobacconist's, it is scratched.")).toBe(
    '9b5b7ba2ef3f7866889adeaf00f3f98e',
  );
});

test('depends on each byte and on the length, and on nothing around the text', () => {
  const texts = Array.from({ length: 40 }, (_, length) =>
    'abcdefghijklmnopqrstuvwxyz0123456789-+.!'.slice(0, length),
  );
  const changed = texts.flatMap((text) =>
    Array.from({ length: text.length }, (_, k) => `${text.slice(0, k)}\0${text.slice(k + 1)}`),
  );
  const all = [...texts, ...changed];
  expect(new Set(all.map((text) => hashOf(text))).size).toBe(all.length);
  for (const text of texts) expect(hashOf(text, 'before')).toBe(hashOf(text));
});

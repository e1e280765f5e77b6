import { expect, test } from 'vitest';
import { createDistinct, hashBytes } from '../../../../src/core/infer/types/distinct.ts';

function distinctOf(texts: readonly string[]): number {
  const distinct = createDistinct();
  for (const text of texts) {
    const bytes = new TextEncoder().encode(text);
    distinct.add(hashBytes(bytes, 0, bytes.length));
  }
  return distinct.estimate();
}

const texts = (count: number): string[] => Array.from({ length: count }, (_, index) => `text ${index}`);

test.each([0, 1, 2, 17, 255, 256])('%d distinct texts are counted exactly', (count) => {
  expect(distinctOf([...texts(count), ...texts(count)])).toBe(count);
});

test.each([257, 1000, 5000, 50_000, 500_000])('the estimate of %d distinct texts is within 8%%', (count) => {
  const estimate = distinctOf(texts(count));
  expect(Math.abs(estimate - count) / count).toBeLessThan(0.08);
});

test('the order of the texts makes no difference', () => {
  const all = [...texts(3000), ...texts(100)];
  expect(distinctOf(all.toReversed())).toBe(distinctOf(all));
});

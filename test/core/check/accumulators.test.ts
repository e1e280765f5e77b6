import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFaultExamples } from '../../../src/core/check/fault-examples.ts';
import { createHotKeys } from '../../../src/core/check/hot-keys.ts';
import { createItemSizes } from '../../../src/core/check/item-sizes.ts';

describe('the sizes of items', () => {
  test('are exact: least, median, p99, greatest, and those near the limit', () => {
    const sizes = createItemSizes();
    for (let size = 1; size <= 100; size++) sizes.add(size * 10);
    expect(sizes.summary()).toEqual({ least: 10, median: 500, p99: 990, greatest: 1000, nearLimit: 0 });
    sizes.add(409_600);
    sizes.add(368_640);
    expect(sizes.summary()).toMatchObject({ greatest: 409_600, nearLimit: 2 });
  });

  test('of no item are null', () => {
    expect(createItemSizes().summary()).toBeNull();
  });
});

describe('hot keys', () => {
  test('are exact while all keys fit', () => {
    const keys = createHotKeys();
    for (const [hash, units] of [
      [1, 3],
      [2, 5],
      [1, 4],
    ] as const)
      keys.add(hash, units, () => `key ${hash}`);
    expect(keys.hottest(5)).toEqual([
      { key: 'key 1', least: 7, most: 7 },
      { key: 'key 2', least: 5, most: 5 },
    ]);
  });

  test('are found among any number of keys, and the true count is in the interval', () => {
    const share = fc.integer({ min: 2, max: 50 });
    fc.assert(
      fc.property(share, fc.integer({ min: 10_000, max: 60_000 }), (every, rows) => {
        const keys = createHotKeys();
        let hot = 0;
        for (let row = 0; row < rows; row++) {
          const isHot = row % every === 0;
          if (isHot) hot++;
          keys.add(isHot ? -1 : row, 1, () => (isHot ? 'hot' : 'other'));
        }
        const [first] = keys.hottest(1);
        expect(first?.key).toBe('hot');
        expect(first?.least).toBeLessThanOrEqual(hot);
        expect(first?.most).toBeGreaterThanOrEqual(hot);
      }),
      { numRuns: 20 },
    );
  });
});

describe('examples of faults', () => {
  const record = new TextEncoder().encode('1,x');
  const fault = (column: string) => ({ code: 'number-invalid', column, reason: 'no number' }) as const;

  test('are the first rows with a code in a column, and the most frequent pair comes first', () => {
    const examples = createFaultExamples();
    for (let line = 2; line < 12; line++) examples.add({ line, faults: [fault('a')], record });
    examples.add({ line: 12, faults: [fault('b'), fault('a')], record });
    const [a, b] = examples.faults();
    expect(a).toMatchObject({ code: 'number-invalid', column: 'a', rows: 11 });
    expect(a?.examples.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6]);
    expect(b?.examples).toEqual([{ line: 12, text: '1,x', reason: 'no number' }]);
  });

  test('beyond 1,000 pairs are counted together, and texts are bounded', () => {
    const examples = createFaultExamples();
    const long = new Uint8Array(1_000_000).fill(0x78);
    for (let k = 0; k < 1010; k++) examples.add({ line: k, faults: [fault(`c${k}`)], record: long });
    const faults = examples.faults();
    expect(faults.at(-1)).toEqual({ code: 'other', column: '', rows: 10, examples: [] });
    expect(faults[0]?.examples[0]?.text.length).toBeLessThanOrEqual(300);
  });
});

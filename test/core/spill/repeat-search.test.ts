import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hash128 } from '../../../src/core/spill/hash128.ts';
import { createRepeatSearch } from '../../../src/core/spill/repeat-search.ts';
import { memorySpill } from '../../support/memory-spill.ts';

/** A record of a value: its hash, and the row. */
function recordOf(value: number, row: number): Uint32Array {
  const record = new Uint32Array(5);
  hash128(new Uint8Array(Float64Array.of(value).buffer), 0, 8, record, 0);
  record[4] = row;
  return record;
}

/** Pairs of rows, as the search reports them, and the number of different values. */
function search(records: readonly Uint32Array[], tableRecords: number, replaces = false) {
  const pairs: (readonly [number, number])[] = [];
  const spill = memorySpill();
  const found = createRepeatSearch({
    recordWords: 5,
    tableRecords,
    openSpill: () => spill,
    onRepeat(earlier, earlierAt, later, laterAt) {
      pairs.push([earlier[earlierAt + 4]!, later[laterAt + 4]!]);
      return replaces;
    },
  });
  for (const record of records) found.add(record);
  const distinct = found.finish();
  return { pairs: pairs.toSorted((a, b) => a[1] - b[1]), distinct, spill };
}

describe('a search for repeats', () => {
  test('finds what a map finds, whatever fits into memory', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 600 }),
        fc.integer({ min: 1, max: 400 }),
        fc.boolean(),
        (values, tableRecords, replaces) => {
          const standing = new Map<number, number>();
          const expected: (readonly [number, number])[] = [];
          for (const [row, value] of values.entries()) {
            const earlier = standing.get(value);
            if (earlier !== undefined) expected.push([earlier, row]);
            if (earlier === undefined || replaces) standing.set(value, row);
          }
          const records = values.map(recordOf);
          const { pairs, distinct } = search(records, tableRecords, replaces);
          expect(pairs).toEqual(expected);
          expect(distinct).toBe(standing.size);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('parts again what is too large, and removes each run that was read', () => {
    const records = Array.from({ length: 4000 }, (_, row) => recordOf(row % 3900, row));
    const { pairs, distinct, spill } = search(records, 3);
    expect(pairs).toHaveLength(100);
    expect(distinct).toBe(3900);
    expect(spill.runs()).toBe(0);
    expect(spill.mostRuns()).toBeGreaterThan(256);
  });

  test('takes hashes that begin alike for 96 bits', () => {
    const records = Array.from({ length: 50 }, (_, row) => Uint32Array.of(7, 7, 7, row % 40, row));
    expect(search(records, 2)).toMatchObject({ distinct: 40, pairs: { length: 10 } });
  });

  test('spills nothing that fits', () => {
    const records = Array.from({ length: 100 }, (_, row) => recordOf(row % 50, row));
    const { pairs, spill } = search(records, 50);
    expect(pairs).toHaveLength(50);
    expect(spill.mostRuns()).toBe(0);
  });
});

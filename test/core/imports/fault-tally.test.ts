import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFaultCounter, joinedTally } from '../../../src/core/imports/fault-tally.ts';
import type { Fault } from '../../../src/core/fault.ts';

const fault = (code: Fault['code'], column: string) => ({ code, column });

describe('a tally of faults', () => {
  test('counts by code and column', () => {
    const counter = createFaultCounter();
    counter.add(fault('number-invalid', 'age'));
    counter.add(fault('key-empty', 'id'));
    counter.add(fault('number-invalid', 'age'));
    counter.add(fault('number-invalid', 'a column'));
    counter.add(fault('too-few-fields', ''));
    expect(counter.tally()).toEqual([
      { code: 'number-invalid', column: 'age', rows: 2 },
      { code: 'key-empty', column: 'id', rows: 1 },
      { code: 'number-invalid', column: 'a column', rows: 1 },
      { code: 'too-few-fields', column: '', rows: 1 },
    ]);
  });

  test('is bounded, whatever columns a file has: the rest is one number', () => {
    const counter = createFaultCounter();
    for (let index = 0; index < 1000; index++)
      counter.add(fault('number-invalid', `${index} ${'x'.repeat(60_000)}`));
    const tally = counter.tally();
    expect(tally).toHaveLength(51);
    expect(tally.at(-1)).toEqual({ code: 'other', column: '', rows: 950 });
    expect(JSON.stringify(tally).length).toBeLessThan(10_000);
  });

  test('of chunks together is the tally of all their rows, the most frequent first, in any grouping', () => {
    const faults = fc.array(
      fc.record({ code: fc.constantFrom('key-empty', 'nul-byte'), column: fc.constantFrom('a', 'b', '') }),
    ) as fc.Arbitrary<Pick<Fault, 'code' | 'column'>[]>;
    fc.assert(
      fc.property(fc.array(faults, { maxLength: 5 }), (chunks) => {
        const tallies = chunks.map((chunk) => {
          const counter = createFaultCounter();
          for (const each of chunk) counter.add(each);
          return counter.tally();
        });
        const joined = joinedTally(tallies);
        const all = chunks.flat();
        expect(joined.reduce((sum, { rows }) => sum + rows, 0)).toBe(all.length);
        for (const { code, column, rows } of joined) {
          expect(rows).toBe(all.filter((each) => each.code === code && each.column === column).length);
        }
        expect(joined.map(({ rows }) => rows)).toEqual(
          joined.map(({ rows }) => rows).toSorted((a, b) => b - a),
        );
      }),
    );
  });

  test('puts what had no room at the end, and does not lose it', () => {
    const other = { code: 'other', column: '', rows: 9 } as const;
    const one = { code: 'key-empty', column: 'id', rows: 1 } as const;
    expect(joinedTally([[other], [one, other]])).toEqual([one, { ...other, rows: 18 }]);
  });
});

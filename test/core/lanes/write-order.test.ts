import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_FORMAT } from '../../../src/core/csv/format.ts';
import { noCounts } from '../../../src/core/imports/counts.ts';
import { createLanes } from '../../../src/core/lanes/lanes.ts';
import { isPlain, type WritePlan } from '../../../src/core/write-plan.ts';
import { addRow, arenaFor, countsOf } from '../../../src/core/settle/block.ts';
import { createWatermark } from '../../../src/core/settle/watermark.ts';

const PLANS: readonly WritePlan[] = [
  { kind: 'put', newerBy: null },
  { kind: 'delete', newerBy: null },
  { kind: 'merge', newerBy: null },
  { kind: 'insert', newerBy: null },
  { kind: 'put', newerBy: 'v' },
];

type Item = { readonly key: string; readonly plan: number };

function setUp(isRepeated = false) {
  const lanes = createLanes({ laneCount: 2, plans: PLANS, isRepeated });
  const from = { offsetBytes: 0, line: 1, counts: noCounts, units: 0 };
  const watermark = createWatermark(from, DEFAULT_FORMAT, new Uint8Array(8));
  const block = watermark.openBlock();
  return { lanes, block, add };

  function add({ key, plan }: Item): void {
    const text = new TextEncoder().encode(`${key}#${block.items}`);
    arenaFor(block, text.length).set(text, block.used);
    const start = block.used;
    addRow(block);
    watermark.addItem(block, start + text.length, PLANS[plan]!.kind);
    lanes.add(
      block,
      {
        start,
        keyEnd: start + key.length,
        end: start + text.length,
        sizeBytes: text.length,
        units: 1,
        partitionHash: key.charCodeAt(0),
        keyHash: key.charCodeAt(0) % 3,
        plan,
      },
      { index: block.items - 1, offset: 0, length: 1, line: block.items },
    );
  }
}

/** Number of the item in the order of the file. */
function numberOf(lanes: ReturnType<typeof setUp>['lanes'], slot: number): number {
  const { bytes, start, end } = lanes.operation(slot);
  return Number(new TextDecoder().decode(bytes.subarray(start, end)).split('#')[1]);
}

test('items with one key are carried out in the order of the file, each in a request of its own; only plain ones are superseded, by plain ones', () => {
  const item = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), plan: fc.nat(PLANS.length - 1) });
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ add: item }) },
    {
      weight: 2,
      arbitrary: fc.record({
        answer: fc.array(fc.constantFrom('written', 'held', 'kept'), { minLength: 1 }),
      }),
    },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { lanes, block, add } = setUp();
      const items: Item[] = [];
      const carriedOut: number[] = [];
      const answer = (verdicts: readonly string[]): boolean => {
        const batch = lanes.take(0, Infinity, true);
        if (batch === null) return false;
        const numbers = batch.slots.map((slot) => numberOf(lanes, slot));
        const keys = numbers.map((number) => items[number]!.key);
        expect(new Set(keys).size).toBe(keys.length);
        const verdictOf = (index: number): string => verdicts[index % verdicts.length]!;
        for (const [index, slot] of batch.slots.entries()) {
          if (verdictOf(index) === 'held') continue;
          carriedOut.push(numbers[index]!);
          if (verdictOf(index) === 'kept') lanes.settleKept(slot, false);
          else lanes.settleWritten(slot);
        }
        for (const index of [...batch.slots.keys()].toReversed()) {
          if (verdictOf(index) === 'held') lanes.putBack(batch.slots[index]!, false);
        }
        lanes.free(batch, () => 0);
        return true;
      };
      for (const one of steps) {
        if ('add' in one) {
          items.push(one.add);
          add(one.add);
        } else answer(one.answer);
      }
      while (answer(['written']));
      expect(block.pending).toBe(0);
      expect(lanes.waiting.items + lanes.inFlight.items).toBe(0);
      for (const key of new Set(items.map((one) => one.key))) {
        const all = [...items.keys()].filter((number) => items[number]!.key === key);
        const done = carriedOut.filter((number) => items[number]!.key === key);
        expect(done).toEqual(done.toSorted((a, b) => a - b));
        for (const number of all.filter((one) => !done.includes(one))) {
          // The next item with the key, carried out or superseded in turn, is plain like this one.
          const next = all.find((one) => one > number)!;
          expect([number, next].map((one) => isPlain(PLANS[items[one]!.plan]!))).toEqual([true, true]);
        }
      }
      const { made, superseded } = countsOf(block);
      expect(superseded).toBe(made - carriedOut.length);
    }),
    { numRuns: 500 },
  );
});

test.each([
  { isRepeated: false, isLost: false, isEqual: true, counted: 'kept' },
  { isRepeated: true, isLost: false, isEqual: true, counted: 'written' },
  { isRepeated: false, isLost: true, isEqual: true, counted: 'written' },
  { isRepeated: true, isLost: true, isEqual: false, counted: 'kept' },
] as const)(
  'an insert that meets an item counts as $counted: equal $isEqual, its answer lost $isLost, an earlier loader $isRepeated',
  ({ isRepeated, isLost, isEqual, counted }) => {
    const { lanes, block, add } = setUp(isRepeated);
    add({ key: 'a', plan: 3 });
    const first = lanes.take(0, Infinity, true)!;
    lanes.putBack(first.slots[0]!, isLost);
    lanes.free(first, () => 0);
    const second = lanes.take(0, Infinity, true)!;
    lanes.settleKept(second.slots[0]!, isEqual);
    expect(block).toMatchObject({ written: 0, kept: 0, [counted]: 1 });
  },
);

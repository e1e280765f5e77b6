import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noCounts } from '../../../src/core/imports/counts.ts';
import type { MappedItem } from '../../../src/core/rows/item.ts';
import { DEFAULT_FORMAT, type Format } from '../../../src/core/csv/format.ts';
import { PLAIN_PUT } from '../../../src/core/write-plan.ts';
import { createLanes } from '../../../src/core/lanes/lanes.ts';
import { addRow, arenaFor, type Block, BLOCK_UNITS } from '../../../src/core/settle/block.ts';
import { createWatermark } from '../../../src/core/settle/watermark.ts';

const format: Format = {
  ...DEFAULT_FORMAT,
  delimiter: ',',
  quote: '"',
  escape: '"',
  trim: false,
  stray_quotes: 'reject',
};
const start = { offsetBytes: 0, line: 1, counts: noCounts, units: 0 };

/** Lanes, a first block, and a way to put items in by key and version. */
function world(laneCount = 8) {
  const lanes = createLanes({ laneCount, plans: [PLAIN_PUT], isRepeated: false });
  const watermark = createWatermark(start, format, new Uint8Array(8));
  const first = watermark.openBlock();
  let block = first;
  let records = 0;
  return { lanes, watermark, block: first, put };

  function put(key: string, version: number, units = 1): void {
    if (block.items === BLOCK_UNITS) {
      watermark.closeBlock(block, records, records + 1);
      block = watermark.openBlock();
    }
    const text = new TextEncoder().encode(`${key}=${version};`);
    arenaFor(block, text.length).set(text, block.used);
    const item: MappedItem = {
      start: block.used,
      keyEnd: block.used + key.length,
      end: block.used + text.length,
      sizeBytes: text.length,
      units,
      partitionHash: hash(key.slice(0, 1)),
      keyHash: hash(key),
      plan: 0,
    };
    addRow(block);
    watermark.addItem(block, item.end, 'put');
    lanes.add(block, item, {
      index: block.items - 1,
      offset: records - block.startBytes,
      length: 1,
      line: ++records,
    });
  }
}

const hash = (text: string) =>
  Array.from(text).reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) >>> 0, 7);

function textOf(lanes: ReturnType<typeof createLanes>, slot: number): string {
  const { bytes, start: from, end } = lanes.operation(slot);
  return new TextDecoder().decode(bytes.subarray(from, end));
}

function keyOf(lanes: ReturnType<typeof createLanes>, slot: number): string {
  const { bytes, start: from, end } = lanes.key(slot);
  return new TextDecoder().decode(bytes.subarray(from, end));
}

describe('the lanes', () => {
  test('give full lanes first, and others only when asked for partial batches', () => {
    const { lanes, put } = world(256);
    put('b1', 1);
    for (let index = 0; index < 30; index++) put(`a${index}`, 1);
    const first = lanes.take(0, Infinity, false)!;
    expect(first.slots.map((slot) => textOf(lanes, slot)[0])).toEqual(Array.from({ length: 25 }, () => 'a'));
    expect(lanes.take(0, Infinity, false)).toBeNull();
    expect(lanes.take(0, Infinity, true)!.slots.map((slot) => textOf(lanes, slot))).toEqual(['b1=1;']);
  });

  test('replace an earlier item by a later one with its key', () => {
    const { lanes, put, block } = world();
    put('a', 1);
    put('a', 2);
    const batch = lanes.take(0, Infinity, true)!;
    expect(batch.slots.map((slot) => textOf(lanes, slot))).toEqual(['a=2;']);
    expect(block).toMatchObject({ superseded: 1, pending: 1, read: 2 });
  });

  test('return text, key, units and place of every item, however many wait', () => {
    const { lanes, put } = world();
    const count = 4000;
    for (let index = 0; index < count; index++) put(`k${index}`, 1, 1 + (index % 3));
    let seen = 0;
    for (let batch = lanes.take(0, Infinity, true); batch; batch = lanes.take(0, Infinity, true)) {
      for (const slot of batch.slots) {
        const index = Number(textOf(lanes, slot).slice(1, -3));
        const { startBytes, endBytes, line } = lanes.record(slot);
        expect([startBytes, endBytes, line]).toEqual([index, index + 1, index + 1]);
        expect(lanes.units(slot)).toBe(1 + (index % 3));
        expect(keyOf(lanes, slot)).toBe(`k${index}`);
        lanes.settleWritten(slot);
        seen++;
      }
      lanes.free(batch, () => 0);
    }
    expect(seen).toBe(count);
  });

  test('keep a lane for themselves until its batch is answered', () => {
    const { lanes, put } = world();
    put('a', 1);
    const batch = lanes.take(0, Infinity, true)!;
    put('a', 2);
    expect(lanes.take(0, Infinity, true)).toBeNull();
    lanes.settleWritten(batch.slots[0]!);
    lanes.free(batch, () => 0);
    expect(lanes.take(0, Infinity, true)!.slots.map((slot) => textOf(lanes, slot))).toEqual(['a=2;']);
  });

  test('drop a held item if a later item with its key waits', () => {
    const { lanes, put, block } = world();
    put('a', 1);
    const batch = lanes.take(0, Infinity, true)!;
    put('a', 2);
    lanes.putBack(batch.slots[0]!, false);
    lanes.free(batch, () => 0);
    expect(block.superseded).toBe(1);
    expect(lanes.take(0, Infinity, true)!.slots.map((slot) => textOf(lanes, slot))).toEqual(['a=2;']);
  });

  test('let a held lane rest, and no other', () => {
    const { lanes, put } = world(256);
    put('a', 1);
    put('b', 1);
    const batch = lanes.take(0, 1, true)!;
    expect(batch.slots).toHaveLength(1);
    lanes.putBack(batch.slots[0]!, false);
    lanes.free(batch, () => 100);
    expect(lanes.nextFreeMs()).toBe(100);
    const other = lanes.take(50, Infinity, true)!;
    expect(other.slots.map((slot) => textOf(lanes, slot))).toEqual(['b=1;']);
    expect(lanes.take(99, Infinity, true)).toBeNull();
    expect(lanes.take(100, Infinity, true)!.slots.map((slot) => textOf(lanes, slot))).toEqual(['a=1;']);
  });

  test('keep a batch within the units, but never empty', () => {
    const { lanes, put } = world(1);
    put('a', 1, 3);
    put('b', 1, 3);
    expect(lanes.take(0, 2, true)).toMatchObject({ units: 3, slots: [expect.any(Number)] });
  });

  test('write the last row of every key last, whatever is held back, and settle every row once', () => {
    const steps = fc.array(
      fc.oneof(
        {
          weight: 4,
          arbitrary: fc.record({
            do: fc.constant('put' as const),
            key: fc.constantFrom('a', 'b', 'ab', 'ac', 'c', 'ca'),
          }),
        },
        {
          weight: 2,
          arbitrary: fc.record({ do: fc.constant('take' as const), units: fc.integer({ min: 1, max: 4 }) }),
        },
        {
          weight: 2,
          arbitrary: fc.record({ do: fc.constant('answer' as const), held: fc.nat(255), rest: fc.boolean() }),
        },
      ),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(steps, fc.constantFrom(1, 2, 8), (sequence, laneCount) => {
        const { lanes, put, block, watermark } = world(laneCount);
        const table = new Map<string, number>();
        const expected = new Map<string, number>();
        const open: NonNullable<ReturnType<typeof lanes.take>>[] = [];
        let version = 0;
        let now = 0;
        const answer = (held: number, rest: boolean) => {
          const batch = open.shift();
          if (batch === undefined) return;
          const keys = batch.slots.map((slot) => textOf(lanes, slot).split('=')[0]);
          expect(new Set(keys).size).toBe(keys.length);
          for (const [index, slot] of batch.slots.entries()) {
            const [key, text] = textOf(lanes, slot).split('=');
            if ((held >> index) & 1) lanes.putBack(slot, false);
            else {
              table.set(key!, Number.parseInt(text!, 10));
              lanes.settleWritten(slot);
            }
          }
          lanes.free(batch, () => (rest ? now + 5 : 0));
        };
        for (const step of sequence) {
          now++;
          if (step.do === 'put') {
            put(step.key, ++version);
            expected.set(step.key, version);
          } else if (step.do === 'take') {
            const batch = lanes.take(now, step.units, true);
            if (batch) open.push(batch);
          } else answer(step.held, step.rest);
        }
        for (;;) {
          now += 10;
          const batch = lanes.take(now, Infinity, true);
          if (batch) open.push(batch);
          if (open.length === 0) break;
          answer(0, false);
        }
        expect(table).toEqual(expected);
        expect(lanes.waiting).toEqual({ items: 0, units: 0, bytes: 0 });
        expect(lanes.inFlight).toEqual({ items: 0, units: 0, bytes: 0 });
        watermark.closeBlock(block, version, version + 1);
        expectBalanced(block);
        expect(watermark.advance(0, 0).checkpoint.offsetBytes).toBe(version);
      }),
      { numRuns: 1500 },
    );
  });
});

function expectBalanced(block: Block): void {
  expect(block.pending).toBe(0);
  expect(block.written + block.superseded).toBe(block.read);
}

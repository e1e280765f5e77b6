import { describe, expect, test } from 'vitest';
import { putCounts } from '../../support/counts.ts';
import type { Reject } from '../../../src/core/rows/rejects/reject.ts';
import { DEFAULT_FORMAT, type Format } from '../../../src/core/csv/format.ts';
import { createFateReader, PENDING, SUPERSEDED, WRITTEN } from '../../../src/core/settle/ahead.ts';
import { addRow, type Block, settleItem } from '../../../src/core/settle/block.ts';
import { createWatermark, type Watermark } from '../../../src/core/settle/watermark.ts';

/** A row with one item. */
function addItem(watermark: Watermark, block: Block, end: number): boolean {
  addRow(block);
  return watermark.addItem(block, end, 'put');
}

const from = { offsetBytes: 100, line: 2, counts: putCounts({ read: 7, written: 7 }), units: 7 };
const format: Format = {
  ...DEFAULT_FORMAT,
  delimiter: ',',
  quote: '"',
  escape: '"',
  trim: false,
  stray_quotes: 'reject',
};
const seal = new Uint8Array(8).fill(7);
const reject = (line: number): Reject => ({
  line,
  faults: [{ column: 'a', code: 'number-invalid', reason: 'x' }],
  record: new TextEncoder().encode(`p${line}`),
});
const rowsOf = (rejects: readonly Uint8Array[]) =>
  rejects.map((rows) => new TextDecoder().decode(rows)).join('');

describe('the watermark', () => {
  test('is before the first block that has an item to settle', () => {
    const watermark = createWatermark(from, format, seal);
    const first = watermark.openBlock();
    addItem(watermark, first, 0);
    addItem(watermark, first, 0);
    watermark.closeBlock(first, 200, 4);
    const second = watermark.openBlock();
    addItem(watermark, second, 0);
    settleItem(second, 0, { fate: WRITTEN, kind: 'put', isFinal: true });
    watermark.closeBlock(second, 300, 5);
    expect(watermark.advance(8, 1024).checkpoint).toMatchObject({
      offsetBytes: 100,
      line: 2,
      counts: from.counts,
    });
    settleItem(first, 0, { fate: WRITTEN, kind: 'put', isFinal: true });
    settleItem(first, 1, { fate: WRITTEN, kind: 'put', isFinal: true });
    expect(watermark.advance(10, 1024).checkpoint).toEqual({
      offsetBytes: 300,
      line: 5,
      counts: putCounts({ read: 10, written: 10 }),
      units: 10,
    });
    expect(watermark.isEmpty).toBe(true);
  });

  test('does not pass an open block, even if all in it is settled', () => {
    const watermark = createWatermark(from, format, seal);
    const block = watermark.openBlock();
    addItem(watermark, block, 0);
    settleItem(block, 0, { fate: WRITTEN, kind: 'put', isFinal: true });
    expect(watermark.advance(0, 1024).checkpoint.offsetBytes).toBe(100);
    watermark.closeBlock(block, 150, 3);
    expect(watermark.advance(0, 1024).checkpoint.offsetBytes).toBe(150);
  });

  test('returns each reject once, in the order of the file, with its block', () => {
    const watermark = createWatermark(from, format, seal);
    const block = watermark.openBlock();
    watermark.rejectRecord(block, reject(9));
    watermark.rejectRecord(block, reject(3));
    watermark.closeBlock(block, 150, 10);
    const { rejects, checkpoint } = watermark.advance(0, 1024);
    expect(rowsOf(rejects)).toBe('3,a,number-invalid,x,p3\n9,a,number-invalid,x,p9\n');
    expect(checkpoint.counts).toMatchObject({ read: 9, rejected: 2 });
    expect(watermark.advance(0, 1024).rejects).toEqual([]);
  });

  test('counts the memory of rejects, and separately that of rejects which a checkpoint removes', () => {
    const watermark = createWatermark(from, format, seal);
    expect(watermark.rejectBytes).toBe(0);
    const settled = watermark.openBlock();
    for (let line = 0; line < 1000; line++) watermark.rejectRecord(settled, reject(line));
    const held = watermark.rejectBytes;
    expect(held).toBeGreaterThan(1000 * '999,a,number-invalid,x,p999'.length);
    expect(watermark.settledRejectBytes).toBe(0);
    watermark.closeBlock(settled, 200, 1002);
    expect(watermark.settledRejectBytes).toBe(held);
    const pending = watermark.openBlock();
    addItem(watermark, pending, 0);
    watermark.rejectRecord(pending, reject(1003));
    watermark.closeBlock(pending, 300, 1004);
    const behind = watermark.openBlock();
    watermark.rejectRecord(behind, reject(1005));
    watermark.closeBlock(behind, 400, 1006);
    expect(watermark.settledRejectBytes).toBe(held);
    const all = watermark.rejectBytes;
    expect(all).toBeGreaterThan(held);
    watermark.advance(0, 1024);
    expect(watermark.settledRejectBytes).toBe(0);
    expect(watermark.rejectBytes).toBe(all - held);
    settleItem(pending, 0, { fate: WRITTEN, kind: 'put', isFinal: true });
    expect(watermark.settledRejectBytes).toBe(all - held);
    watermark.advance(0, 1024);
    expect(watermark.rejectBytes).toBe(0);
  });

  test('keeps only the used part of an arena if it is less than half', () => {
    const watermark = createWatermark(from, format, seal);
    const block = watermark.openBlock();
    const { arena } = block;
    arena.set([1, 2, 3]);
    addItem(watermark, block, 3);
    watermark.closeBlock(block, 150, 3);
    expect(block.arena).toEqual(Uint8Array.of(1, 2, 3));
    expect(watermark.heldBytes).toBe(3);
    expect(watermark.openBlock().arena).toBe(arena);
  });

  test('gives the arena of a settled block to the next', () => {
    const watermark = createWatermark(from, format, seal);
    const block = watermark.openBlock();
    const { arena } = block;
    addItem(watermark, block, 20_000);
    watermark.closeBlock(block, 150, 3);
    expect(watermark.openBlock().arena).not.toBe(arena);
    settleItem(block, 0, { fate: WRITTEN, kind: 'put', isFinal: true });
    expect(watermark.openBlock().arena).toBe(arena);
  });

  describe('beyond its checkpoint', () => {
    test('says which items are finally settled, and counts them when their block settles', () => {
      const watermark = createWatermark(from, format, seal);
      const block = watermark.openBlock();
      for (let item = 0; item < 5; item++) expect(addItem(watermark, block, 0)).toBe(false);
      settleItem(block, 1, { fate: WRITTEN, kind: 'put', isFinal: true });
      settleItem(block, 2, { fate: SUPERSEDED, kind: 'put', isFinal: true });
      settleItem(block, 3, { fate: WRITTEN, kind: 'put', isFinal: false });
      const { checkpoint } = watermark.advance(9, 1024);
      expect(checkpoint).toMatchObject({ offsetBytes: 100, counts: from.counts, units: 9 });
      expect(fatesOf(checkpoint.ahead, 5)).toEqual([PENDING, WRITTEN, SUPERSEDED, PENDING, PENDING]);

      const next = createWatermark(checkpoint, format, seal);
      const again = next.openBlock();
      const known = Array.from({ length: 5 }, () => addItem(next, again, 0));
      expect(known).toEqual([false, true, true, false, false]);
      next.closeBlock(again, 200, 7);
      for (const item of [0, 3, 4]) settleItem(again, item, { fate: WRITTEN, kind: 'put', isFinal: true });
      expect(next.advance(12, 1024).checkpoint).toEqual({
        offsetBytes: 200,
        line: 7,
        counts: putCounts({ read: 12, written: 11, superseded: 1 }),
        units: 12,
      });
    });

    test('repeats what an earlier loader recorded about items that it has not read', () => {
      const before = createWatermark(from, format, seal);
      const block = before.openBlock();
      for (let item = 0; item < 6; item++) addItem(before, block, 0);
      for (const item of [1, 3, 5]) settleItem(block, item, { fate: WRITTEN, kind: 'put', isFinal: true });
      const watermark = createWatermark(before.advance(0, 1024).checkpoint, format, seal);
      const first = watermark.openBlock();
      addItem(watermark, first, 0);
      addItem(watermark, first, 0);
      expect(fatesOf(watermark.advance(0, 1024).checkpoint.ahead, 6)).toEqual([0, 1, 0, 1, 0, 1]);
      watermark.closeBlock(first, 110, 4);
      settleItem(first, 0, { fate: WRITTEN, kind: 'put', isFinal: true });
      expect(fatesOf(watermark.advance(0, 1024).checkpoint.ahead, 4)).toEqual([0, 1, 0, 1]);
    });

    test('says nothing about the items of an earlier block that used the same arrays', () => {
      const watermark = createWatermark(from, format, seal);
      const block = watermark.openBlock();
      addItem(watermark, block, 0);
      watermark.closeBlock(block, 150, 3);
      settleItem(block, 0, { fate: WRITTEN, kind: 'put', isFinal: true });
      watermark.advance(0, 1024);
      addItem(watermark, watermark.openBlock(), 0);
      expect(watermark.advance(0, 1024).checkpoint.ahead).toBeUndefined();
    });
  });
});

function fatesOf(ahead: Uint8Array | undefined, count: number): number[] {
  const reader = createFateReader(ahead, seal);
  return Array.from({ length: count }, () => reader.next());
}

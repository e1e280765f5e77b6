import { describe, expect, test } from 'vitest';
import { noCounts } from '../../src/core/counts.ts';
import type { Reject } from '../../src/core/reject.ts';
import { createWatermark, settleItem } from '../../src/core/watermark.ts';

const from = { offsetBytes: 100, line: 2, counts: { ...noCounts, read: 7, written: 7 }, units: 7 };
const reject = (line: number): Reject => ({
  line,
  column: 'a',
  code: 'number-invalid',
  reason: 'x',
  record: new Uint8Array(10),
});

describe('the watermark', () => {
  test('stands before the first block that has an item to settle', () => {
    const watermark = createWatermark(from);
    const first = watermark.openBlock();
    Object.assign(first, { read: 2, pending: 2 });
    watermark.closeBlock(first, 200, 4);
    const second = watermark.openBlock();
    Object.assign(second, { read: 1, written: 1 });
    watermark.closeBlock(second, 300, 5);
    expect(watermark.advance(8).checkpoint).toMatchObject({ offsetBytes: 100, line: 2, counts: from.counts });
    first.written = 2;
    settleItem(first);
    settleItem(first);
    expect(watermark.advance(10).checkpoint).toEqual({
      offsetBytes: 300,
      line: 5,
      counts: { ...noCounts, read: 10, written: 10 },
      units: 10,
    });
    expect(watermark.isEmpty).toBe(true);
  });

  test('does not pass an open block, even if all in it is settled', () => {
    const watermark = createWatermark(from);
    const block = watermark.openBlock();
    block.read = 1;
    block.written = 1;
    expect(watermark.advance(0).checkpoint.offsetBytes).toBe(100);
    watermark.closeBlock(block, 150, 3);
    expect(watermark.advance(0).checkpoint.offsetBytes).toBe(150);
  });

  test('hands each reject over once, in the order of the file, with the block that it belongs to', () => {
    const watermark = createWatermark(from);
    const block = watermark.openBlock();
    block.read = 2;
    watermark.addReject(block, reject(9));
    watermark.addReject(block, reject(3));
    expect(watermark.rejectBytes).toBe(20);
    watermark.closeBlock(block, 150, 10);
    const { rejects, checkpoint } = watermark.advance(0);
    expect(rejects.map(({ line }) => line)).toEqual([3, 9]);
    expect(checkpoint.counts).toMatchObject({ read: 9, rejected: 2 });
    expect(watermark.rejectBytes).toBe(0);
    expect(watermark.advance(0).rejects).toEqual([]);
  });

  test('gives the arena of a settled block to the next', () => {
    const watermark = createWatermark(from);
    const block = watermark.openBlock();
    const { arena } = block;
    block.pending = 1;
    watermark.closeBlock(block, 150, 3);
    expect(watermark.openBlock().arena).not.toBe(arena);
    settleItem(block);
    expect(watermark.openBlock().arena).toBe(arena);
  });
});

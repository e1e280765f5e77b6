import { describe, expect, test } from 'vitest';
import { noCounts } from '../../src/core/counts.ts';
import type { Reject } from '../../src/core/reject.ts';
import type { Format } from '../../src/core/dataset/schema.ts';
import { createWatermark, settleItem } from '../../src/core/watermark.ts';

const from = { offsetBytes: 100, line: 2, counts: { ...noCounts, read: 7, written: 7 }, units: 7 };
const format: Format = { delimiter: ',', quote: '"', escape: '"', trim: false, stray_quotes: 'reject' };
const reject = (line: number): Reject => ({
  line,
  faults: [{ column: 'a', code: 'number-invalid', reason: 'x' }],
  record: new TextEncoder().encode(`p${line}`),
});
const rowsOf = (rejects: readonly Uint8Array[]) =>
  rejects.map((rows) => new TextDecoder().decode(rows)).join('');

describe('the watermark', () => {
  test('stands before the first block that has an item to settle', () => {
    const watermark = createWatermark(from, format);
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
    const watermark = createWatermark(from, format);
    const block = watermark.openBlock();
    block.read = 1;
    block.written = 1;
    expect(watermark.advance(0).checkpoint.offsetBytes).toBe(100);
    watermark.closeBlock(block, 150, 3);
    expect(watermark.advance(0).checkpoint.offsetBytes).toBe(150);
  });

  test('hands each reject over once, in the order of the file, with the block that it belongs to', () => {
    const watermark = createWatermark(from, format);
    const block = watermark.openBlock();
    block.read = 2;
    watermark.addReject(block, reject(9));
    watermark.addReject(block, reject(3));
    watermark.closeBlock(block, 150, 10);
    const { rejects, checkpoint } = watermark.advance(0);
    expect(rowsOf(rejects)).toBe('3,a,number-invalid,x,p3\n9,a,number-invalid,x,p9\n');
    expect(checkpoint.counts).toMatchObject({ read: 9, rejected: 2 });
    expect(watermark.advance(0).rejects).toEqual([]);
  });

  test('counts the memory of rejects, and apart that of those which can be taken off', () => {
    const watermark = createWatermark(from, format);
    expect(watermark.rejectBytes).toBe(0);
    const settled = watermark.openBlock();
    for (let line = 0; line < 1000; line++) watermark.addReject(settled, reject(line));
    const held = watermark.rejectBytes;
    expect(held).toBeGreaterThan(1000 * '999,a,number-invalid,x,p999'.length);
    expect(watermark.settledRejectBytes).toBe(0);
    watermark.closeBlock(settled, 200, 1002);
    expect(watermark.settledRejectBytes).toBe(held);
    const pending = watermark.openBlock();
    pending.pending = 1;
    watermark.addReject(pending, reject(1003));
    watermark.closeBlock(pending, 300, 1004);
    const behind = watermark.openBlock();
    watermark.addReject(behind, reject(1005));
    watermark.closeBlock(behind, 400, 1006);
    expect(watermark.settledRejectBytes).toBe(held);
    const all = watermark.rejectBytes;
    expect(all).toBeGreaterThan(held);
    watermark.advance(0);
    expect(watermark.settledRejectBytes).toBe(0);
    expect(watermark.rejectBytes).toBe(all - held);
    settleItem(pending);
    expect(watermark.settledRejectBytes).toBe(all - held);
    watermark.advance(0);
    expect(watermark.rejectBytes).toBe(0);
  });

  test('gives the arena of a settled block to the next', () => {
    const watermark = createWatermark(from, format);
    const block = watermark.openBlock();
    const { arena } = block;
    block.pending = 1;
    watermark.closeBlock(block, 150, 3);
    expect(watermark.openBlock().arena).not.toBe(arena);
    settleItem(block);
    expect(watermark.openBlock().arena).toBe(arena);
  });
});

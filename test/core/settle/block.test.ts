import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_FORMAT, type Format } from '../../../src/core/csv/format.ts';
import { countsBalance } from '../../../src/core/imports/counts.ts';
import type { Reject } from '../../../src/core/rows/reject.ts';
import { PENDING, SUPERSEDED, WRITTEN } from '../../../src/core/settle/ahead.ts';
import {
  addItem,
  addRow,
  addSettledItem,
  arenaFor,
  type Block,
  MAX_BLOCK_ITEMS,
  closeBlock,
  countsOf,
  isSettled,
  openBlock,
  rejectItem,
  rejectRecord,
  settleItem,
  skipRecord,
} from '../../../src/core/settle/block.ts';

const format: Format = {
  ...DEFAULT_FORMAT,
  delimiter: ',',
  quote: '"',
  escape: '"',
  trim: false,
  stray_quotes: 'reject',
};
const reject: Reject = {
  line: 2,
  faults: [{ column: 'a', code: 'number-invalid', reason: 'x' }],
  record: new TextEncoder().encode('x'),
};

function opened(recycled: Block[] = []): Block {
  const fates = new Uint8Array(MAX_BLOCK_ITEMS).fill(WRITTEN);
  const recycle = (block: Block): void => void recycled.push(block);
  return openBlock({ startBytes: 10, startLine: 2, arena: new Uint8Array(8), fates, recycle });
}

const close = (block: Block): void => closeBlock(block, 20, 9, ({ arena }) => arena);

test('a block balances when it settles, in whatever order its records come and settle, and gives its arena back once', () => {
  const kind = fc.constantFrom('skipped', 'rejected', 'known', 'written', 'superseded', 'refused');
  fc.assert(
    fc.property(fc.array(kind, { maxLength: MAX_BLOCK_ITEMS }), fc.nat(1000), (kinds, early) => {
      const recycled: Block[] = [];
      const block = opened(recycled);
      const waiting: [number, string][] = [];
      for (const one of kinds) {
        if (one === 'skipped') skipRecord(block);
        else if (one === 'rejected') rejectRecord(block, reject, format);
        else if (one === 'known') {
          addRow(block);
          addSettledItem(block, SUPERSEDED);
        } else {
          addRow(block);
          addItem(block, 0);
          waiting.push([block.items - 1, one]);
        }
      }
      const settle = ([index, one]: [number, string]): void => {
        if (one === 'refused') rejectItem(block, reject, format);
        const fate = one === 'written' ? WRITTEN : one === 'superseded' ? SUPERSEDED : PENDING;
        settleItem(block, index, fate, one !== 'refused');
      };
      const open = waiting.splice(0, early % (waiting.length + 1));
      for (const item of open) settle(item);
      close(block);
      expect(isSettled(block)).toBe(waiting.length === 0);
      for (const item of waiting.toReversed()) settle(item);
      expect(isSettled(block)).toBe(true);
      expect(recycled).toEqual([block]);
      const counts = countsOf(block);
      expect(countsBalance(counts)).toBe(true);
      const among = (...names: string[]): number => kinds.filter((one) => names.includes(one)).length;
      expect(counts).toEqual({
        read: kinds.length,
        written: among('written'),
        superseded: among('superseded', 'known'),
        skipped: among('skipped'),
        rejected: among('rejected', 'refused'),
      });
    }),
  );
});

test.each<[string, (block: Block) => void]>([
  ['an item is settled twice', (block) => settleItem(block, 0, WRITTEN, true)],
  ['an item is added after its end', (block) => addItem(block, 0)],
  ['it is closed twice', close],
  ['a refused item comes after all are settled', (block) => rejectItem(block, reject, format)],
])('a block throws where %s', (_, act) => {
  const block = opened();
  addRow(block);
  addItem(block, 0);
  settleItem(block, 0, WRITTEN, true);
  close(block);
  expect(() => act(block)).toThrow(expect.objectContaining({ code: 'internal' }));
});

test('a block whose counts do not balance throws when it settles', () => {
  const block = opened();
  addRow(block);
  addItem(block, 0);
  close(block);
  // The reject of an item that is then settled as written.
  rejectItem(block, reject, format);
  expect(() => settleItem(block, 0, WRITTEN, true)).toThrow(/bytes 10 to 20 do not balance/);
});

test('an arena grows with what is in it', () => {
  const block = opened();
  arenaFor(block, 4).set([1, 2, 3, 4]);
  addItem(block, 4);
  expect(arenaFor(block, 100).length).toBeGreaterThanOrEqual(104);
  expect([...block.arena.subarray(0, 4)]).toEqual([1, 2, 3, 4]);
});

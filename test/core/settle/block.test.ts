import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_FORMAT, type Format } from '../../../src/core/csv/format.ts';
import { countsBalance } from '../../../src/core/imports/counts.ts';
import type { Reject } from '../../../src/core/rows/rejects/reject.ts';
import { KEPT, PENDING, SUPERSEDED, WRITTEN } from '../../../src/core/settle/ahead.ts';
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
  type Settlement,
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

type Outcome = Settlement & { readonly name: 'written' | 'deleted' | 'superseded' | 'kept' | 'refused' };

const OUTCOMES: readonly Outcome[] = [
  { name: 'written', fate: WRITTEN, kind: 'put', isFinal: true },
  { name: 'written', fate: WRITTEN, kind: 'merge', isFinal: false },
  { name: 'deleted', fate: WRITTEN, kind: 'delete', isFinal: true },
  { name: 'superseded', fate: SUPERSEDED, kind: 'delete', isFinal: true },
  { name: 'kept', fate: KEPT, kind: 'insert', isFinal: true },
  { name: 'refused', fate: PENDING, kind: 'put', isFinal: false },
];

test('a block balances when it settles, in whatever order its records come and settle, and gives its arena back once', () => {
  const outcomes = fc.array(fc.constantFrom(...OUTCOMES), { minLength: 1, maxLength: 3 });
  const record = fc.oneof(fc.constantFrom('blank', 'left out', 'rejected', 'known'), outcomes);
  fc.assert(
    fc.property(fc.array(record, { maxLength: 60 }), fc.nat(1000), (records, early) => {
      const recycled: Block[] = [];
      const block = opened(recycled);
      const waiting: [index: number, line: number, outcome: Outcome][] = [];
      for (const [line, one] of records.entries()) {
        if (one === 'blank' || one === 'left out') skipRecord(block, one === 'blank');
        else if (one === 'rejected') rejectRecord(block, reject, format);
        else addRow(block);
        if (one === 'known') addSettledItem(block, WRITTEN, 'delete');
        if (typeof one === 'string') continue;
        for (const outcome of one) {
          addItem(block, 0);
          waiting.push([block.items - 1, line, outcome]);
        }
      }
      const items = waiting.map(([, , { name }]) => name);
      const settle = ([index, line, outcome]: (typeof waiting)[number]): void => {
        if (outcome.name === 'refused') rejectItem(block, { ...reject, line }, format);
        settleItem(block, index, outcome);
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
      const known = records.filter((one) => one === 'known').length;
      const itemsOf = (wanted: string): number => items.filter((name) => name === wanted).length;
      const rowsWith = (is: (one: string | readonly Outcome[]) => boolean): number =>
        records.filter(is).length;
      const isRefused = (one: string | readonly Outcome[]): boolean =>
        typeof one !== 'string' && one.some(({ name }) => name === 'refused');
      expect(counts).toEqual({
        read: records.length,
        loaded: rowsWith((one) => (typeof one === 'string' ? one === 'known' : !isRefused(one))),
        skipped: rowsWith((one) => one === 'blank' || one === 'left out'),
        blank: rowsWith((one) => one === 'blank'),
        rejected: rowsWith((one) => one === 'rejected' || isRefused(one)),
        made: items.length + known,
        written: itemsOf('written'),
        deleted: itemsOf('deleted') + known,
        superseded: itemsOf('superseded'),
        kept: itemsOf('kept'),
        refused: itemsOf('refused'),
      });
    }),
  );
});

const written: Settlement = { fate: WRITTEN, kind: 'put', isFinal: true };

test.each<[string, (block: Block) => void]>([
  ['an item is settled twice', (block) => settleItem(block, 0, written)],
  ['an item is added after its end', (block) => addItem(block, 0)],
  ['it is closed twice', close],
  ['a refused item comes after all are settled', (block) => rejectItem(block, reject, format)],
])('a block throws where %s', (_, act) => {
  const block = opened();
  addRow(block);
  addItem(block, 0);
  settleItem(block, 0, written);
  close(block);
  expect(() => act(block)).toThrow(expect.objectContaining({ code: 'internal' }));
});

test('a block has room for the items of its last row', () => {
  const block = opened();
  addRow(block);
  for (let item = 0; item < MAX_BLOCK_ITEMS; item++) addItem(block, 0);
  expect(() => addItem(block, 0)).toThrow(/closed or full/);
});

test('an arena grows with what is in it', () => {
  const block = opened();
  arenaFor(block, 4).set([1, 2, 3, 4]);
  addItem(block, 4);
  expect(arenaFor(block, 100).length).toBeGreaterThanOrEqual(104);
  expect([...block.arena.subarray(0, 4)]).toEqual([1, 2, 3, 4]);
});

import { assert } from '../assert.ts';
import type { Format } from '../csv/format.ts';
import { type Counts, countsBalance } from '../imports/counts.ts';
import { createRejectRows, type RejectRows } from '../rows/rejects/reject-rows.ts';
import type { Reject } from '../rows/rejects/reject.ts';
import { MAX_ROW_ITEMS } from '../rows/item.ts';
import type { WriteKind } from '../write-plan.ts';
import { type Fate, KEPT, PENDING, SUPERSEDED } from './ahead.ts';
import { createRepairedRows, type RepairedRows } from './repaired-rows.ts';
import { grown } from './spare-arrays.ts';

/**
 * A run of whole records: the unit in which rows are settled, and whose items share one arena. It is open while records are read
 * into it; then it waits until the last of its items is settled. This module alone writes to it: the functions below are the
 * only way in which its counts change.
 */
export type Block = Readonly<Books>;

type Books = {
  /** The texts of the items; [0, used) is in use. Empty once the block is settled. */
  arena: Uint8Array;
  used: number;
  /** Offset in the file of the first record, and of the byte behind the last one. */
  readonly startBytes: number;
  endBytes: number;
  readonly startLine: number;
  endLine: number;
  /** Items so far: at most MAX_BLOCK_ITEMS. */
  items: number;
  /** For each item, what a checkpoint before the block says about it. `PENDING`: it must be read again. */
  readonly fates: Uint8Array;
  /** Items that are not settled yet. */
  pending: number;
  isOpen: boolean;
  /** Records, and what became of them; `rejects` counts the others. */
  read: number;
  skipped: number;
  blank: number;
  /** Rows that have items, less those of which the table has refused one. */
  loaded: number;
  /** null: none was rejected. */
  rejects: RejectRows | null;
  /** The lines of rows of which the table has refused an item; null: there are none. */
  refusedLines: Set<number> | null;
  /** null: none is of a reject file. */
  repaired: RepairedRows | null;
  /** What became of the items. */
  written: number;
  deleted: number;
  superseded: number;
  kept: number;
  refused: number;
  /** Takes the arena back when the block is settled. */
  readonly recycle: (block: Block) => void;
};

/** A block ends with the row that brings it to so many write units. An item has at least one. */
export const BLOCK_UNITS = 100;
/** Its last row may have as many items as a row can have. */
export const MAX_BLOCK_ITEMS = BLOCK_UNITS - 1 + MAX_ROW_ITEMS;
const NO_ARENA = new Uint8Array(0);

export function openBlock(options: {
  startBytes: number;
  startLine: number;
  arena: Uint8Array;
  /** MAX_BLOCK_ITEMS bytes; what they held before does not matter. */
  fates: Uint8Array;
  recycle: (block: Block) => void;
}): Block {
  const { startBytes, startLine, arena, fates, recycle } = options;
  return {
    arena,
    used: 0,
    startBytes,
    endBytes: startBytes,
    startLine,
    endLine: startLine,
    items: 0,
    fates,
    pending: 0,
    isOpen: true,
    read: 0,
    skipped: 0,
    blank: 0,
    loaded: 0,
    rejects: null,
    refusedLines: null,
    repaired: null,
    written: 0,
    deleted: 0,
    superseded: 0,
    kept: 0,
    refused: 0,
    recycle,
  };
}

/** The arena, with room for so many bytes behind those in use. */
export function arenaFor(block: Books, bytes: number): Uint8Array {
  block.arena = grown(block.arena, block.used, block.used + bytes);
  return block.arena;
}

/** A record that the dataset leaves out, or (`isBlank`) that has no value. */
export function skipRecord(block: Books, isBlank: boolean): void {
  block.read++;
  block.skipped++;
  if (isBlank) block.blank++;
}

/** A record that has items: they follow. */
export function addRow(block: Books): void {
  block.read++;
  block.loaded++;
}

/** The last record, on `line`, is not rejected; it was a row of earlier imports, on `lines` of their files. */
export function repairRecord(block: Books, line: number, lines: readonly number[]): void {
  block.repaired ??= createRepairedRows();
  block.repaired.add(line, lines);
}

/** Memory that is taken until a checkpoint removes the block. */
export function keptBytes({ rejects, repaired }: Block): number {
  return (rejects?.heldBytes ?? 0) + (repaired?.heldBytes ?? 0);
}

/** An item of the last row, whose text stands in the arena up to `end`. Its number in the block is `items - 1`, and it is to be settled. */
export function addItem(block: Books, end: number): void {
  assert(
    block.isOpen && block.items < MAX_BLOCK_ITEMS,
    'An item was added to a block that is closed or full.',
  );
  block.fates[block.items++] = PENDING;
  block.pending++;
  block.used = end;
}

/** An item of the last row that an earlier loader has settled: its text is not needed. */
export function addSettledItem(block: Books, fate: Exclude<Fate, typeof PENDING>, kind: WriteKind): void {
  const index = block.items;
  addItem(block, block.used);
  settleItem(block, index, { fate, kind, isFinal: true });
}

/** A record that the mapping has refused. */
export function rejectRecord(block: Books, reject: Reject, format: Format): void {
  block.read++;
  addReject(block, reject, format);
}

/**
 * An item that the table has refused; `settleItem` with `PENDING` follows. Its row is rejected, once, however many of its items are
 * refused.
 */
export function rejectItem(block: Books, reject: Reject, format: Format): void {
  assert(block.pending > 0, 'A block that is settled got a reject.');
  block.refusedLines ??= new Set();
  if (block.refusedLines.has(reject.line)) return;
  block.refusedLines.add(reject.line);
  block.loaded--;
  addReject(block, reject, format);
}

function addReject(block: Books, reject: Reject, format: Format): void {
  block.rejects ??= createRejectRows(format);
  block.rejects.add(reject);
}

export type Settlement = {
  /** `PENDING`: the table has refused it. */
  fate: Fate;
  kind: WriteKind;
  /** A loader that resumes from a checkpoint before the block need not read the item again. */
  isFinal: boolean;
};

/** An item of the block is settled. */
export function settleItem(block: Books, index: number, { fate, kind, isFinal }: Readonly<Settlement>): void {
  assert(block.pending > 0, 'An item was settled twice.');
  if (fate === PENDING) block.refused++;
  else if (fate === SUPERSEDED) block.superseded++;
  else if (fate === KEPT) block.kept++;
  else if (kind === 'delete') block.deleted++;
  else block.written++;
  if (isFinal) block.fates[index] = fate;
  block.pending--;
  if (block.pending === 0 && !block.isOpen) settleBlock(block);
}

/** Ends the block before the record at `endBytes`. `fit` returns the arena in which the items wait. */
export function closeBlock(
  block: Books,
  endBytes: number,
  endLine: number,
  fit: (block: Block) => Uint8Array,
): void {
  assert(block.isOpen && endBytes >= block.startBytes, 'A block was closed twice, or before its start.');
  block.endBytes = endBytes;
  block.endLine = endLine;
  block.isOpen = false;
  if (block.pending === 0) settleBlock(block);
  else block.arena = fit(block);
}

export function isSettled(block: Block): boolean {
  return !block.isOpen && block.pending === 0;
}

/** Of the block's records and items. They balance once it is settled. */
export function countsOf(block: Block): Counts {
  const { read, loaded, skipped, blank, rejects, items, written, deleted, superseded, kept, refused } = block;
  const rejected = rejects?.count ?? 0;
  return { read, loaded, skipped, rejected, blank, made: items, written, deleted, superseded, kept, refused };
}

function settleBlock(block: Books): void {
  const counts = countsOf(block);
  if (!countsBalance(counts)) {
    const range = `the bytes ${block.startBytes} to ${block.endBytes}`;
    assert(false, `The counts of the block of ${range} do not balance: ${JSON.stringify(counts)}.`);
  }
  block.recycle(block);
  block.arena = NO_ARENA;
}

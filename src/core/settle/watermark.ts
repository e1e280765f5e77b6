import { assert } from '../assert.ts';
import { createFateReader, createFateWriter, type Fate, PENDING } from './ahead.ts';
import {
  addItem,
  addSettledItem,
  type Block,
  closeBlock,
  countsOf,
  isSettled,
  keptBytes,
  MAX_BLOCK_ITEMS,
  openBlock,
  rejectItem,
  rejectRecord,
  repairRecord,
} from './block.ts';
import type { Format } from '../csv/format.ts';
import { addCounts } from '../imports/counts.ts';
import { createFaultCounter } from '../imports/fault-tally.ts';
import type { Checkpoint } from '../imports/import.ts';
import type { Reject } from '../rows/rejects/reject.ts';
import type { WriteKind } from '../write-plan.ts';
import { createSpareArrays } from './spare-arrays.ts';
import { createUnsettledText, type UnsettledText } from './unsettled-text.ts';

/** What lies between two checkpoints: rows that are settled now. */
export type SettledRange = {
  readonly checkpoint: Checkpoint;
  /** The rows of its reject file, in the order of the file; none where nothing was refused. */
  readonly rejects: readonly Uint8Array[];
  /** Of each import that a reject file repairs, the lines whose rows are not rejected any more. */
  readonly repaired: readonly (readonly number[])[];
};

/**
 * The blocks in the order of the file, and the offset up to which every row is settled. A block before that offset is dropped.
 */
export type Watermark = {
  /** Opens a block behind the last one, which must be closed. */
  openBlock(): Block;
  /** Ends the open block before the record at `endBytes`. */
  closeBlock(block: Block, endBytes: number, endLine: number): void;
  /**
   * Counts the open block's next item, whose text ends at `end` of the arena. True: an earlier loader has settled it. False: it
   * is the block's item number `items - 1`, and must be settled.
   */
  addItem(block: Block, end: number, kind: WriteKind): boolean;
  /**
   * Removes the settled blocks from the front, and returns the next checkpoint: the sum of all blocks up to there. It also says
   * which items beyond it are settled, as far as that fits into `aheadBytes`.
   */
  advance(units: number, aheadBytes: number): SettledRange;
  /**
   * False while blocks or rejects use all the memory that they may. Nothing more must be read then, until items are settled or a
   * checkpoint removes settled rejects.
   */
  readonly hasRoom: boolean;
  /** Memory of the items' texts in blocks that are closed and not settled, and of the file's text from the first of them on. */
  readonly heldBytes: number;
  /** The file's text from the first row that is not settled. The caller adds what it reads. */
  readonly text: UnsettledText;
  /** Memory of all rejects and repaired lines that are in no checkpoint yet. */
  readonly rejectBytes: number;
  /** The part of it that `advance` would remove now. */
  readonly settledRejectBytes: number;
  /** Counts a record of the open block that the mapping has refused, and copies it. */
  rejectRecord(block: Block, reject: Reject): void;
  /** Notes that the last record of the open block, on `line`, stands on these lines of the files of earlier imports. */
  repairRecord(block: Block, line: number, lines: readonly number[]): void;
  /** Keeps the reject of an item that the table has refused and that is to be settled next. Copies the record. */
  rejectItem(block: Block, reject: Reject): void;
  /** `advance` has removed every block that was opened. */
  readonly isEmpty: boolean;
};

/** Limit of `heldBytes`, as far as whole blocks go. This limit, the next one and MAX_WAITING_ITEMS of the lanes bound the loader's memory for any file. */
export const MAX_HELD_BYTES = 32 * 1024 * 1024;
/** Limit of `rejectBytes`. The next checkpoint needs the same amount again, for the reject file. */
export const MAX_REJECT_BYTES = 8 * 1024 * 1024;
/** `format`: of the rejects; `seal`: of the items' numbers (`ahead.ts`); `repairs`: the number of imports that a reject file repairs. */
export function createWatermark(from: Checkpoint, format: Format, seal: Uint8Array, repairs = 0): Watermark {
  const blocks: Block[] = [];
  /** Number of blocks at the front that are known to be settled. */
  let settled = 0;
  const arenas = createSpareArrays();
  const text = createUnsettledText(from.offsetBytes, createSpareArrays());
  const spareFates: Uint8Array[] = [];
  /** What an earlier loader has recorded about the items that are not read yet. */
  const known = createFateReader(from.ahead, seal);
  let hasKnown = !known.isAtEnd;
  let reached = from;
  let tail = { bytes: from.offsetBytes, line: from.line };
  /** Arenas of the blocks that are closed and not settled. */
  let arenaBytes = 0;
  let rejectBytes = 0;
  /** Part of `rejectBytes` that is in settled blocks. */
  let settledRejectBytes = 0;

  return {
    openBlock: open,
    closeBlock: close,
    addItem: addNext,
    advance,
    rejectRecord: (block, reject) => hold(block, () => rejectRecord(block, reject, format)),
    rejectItem: (block, reject) => hold(block, () => rejectItem(block, reject, format)),
    repairRecord: (block, line, lines) => hold(block, () => repairRecord(block, line, lines)),
    text,
    get hasRoom() {
      passSettled();
      return arenaBytes + text.heldBytes < MAX_HELD_BYTES && rejectBytes < MAX_REJECT_BYTES;
    },
    get heldBytes() {
      passSettled();
      return arenaBytes + text.heldBytes;
    },
    get rejectBytes() {
      return rejectBytes;
    },
    get settledRejectBytes() {
      passSettled();
      return settledRejectBytes;
    },
    get isEmpty() {
      return blocks.length === 0;
    },
  };

  function open(): Block {
    const block = openBlock({
      startBytes: tail.bytes,
      startLine: tail.line,
      arena: arenas.take(),
      fates: spareFates.pop() ?? new Uint8Array(MAX_BLOCK_ITEMS),
      recycle,
    });
    blocks.push(block);
    return block;
  }

  function close(block: Block, endBytes: number, endLine: number): void {
    arenaBytes += block.arena.length;
    closeBlock(block, endBytes, endLine, fit);
    tail = { bytes: endBytes, line: endLine };
  }

  /** An arena of which less than half is used does not wait: the used part moves to an array of its size. */
  function fit(block: Block): Uint8Array {
    const { arena, used } = block;
    if (used * 2 > arena.length) return arena;
    const fitted = arena.slice(0, used);
    arenaBytes += fitted.length - arena.length;
    arenas.give(arena);
    return fitted;
  }

  function recycle(block: Block): void {
    arenaBytes -= block.arena.length;
    arenas.give(block.arena);
  }

  function addNext(block: Block, end: number, kind: WriteKind): boolean {
    const fate = hasKnown ? known.next() : PENDING;
    if (hasKnown) hasKnown = !known.isAtEnd;
    if (fate === PENDING) addItem(block, end);
    else addSettledItem(block, fate, kind);
    return fate !== PENDING;
  }

  function advance(units: number, aheadBytes: number): SettledRange {
    passSettled();
    let { offsetBytes, line, counts } = reached;
    const rejects: Uint8Array[] = [];
    const repaired = Array.from({ length: repairs }, (): number[] => []);
    const faults = createFaultCounter();
    faults.addAll(reached.faults ?? []);
    for (const block of blocks.splice(0, settled)) {
      offsetBytes = block.endBytes;
      line = block.endLine;
      counts = addCounts(counts, countsOf(block));
      spareFates.push(block.fates);
      block.repaired?.collect(repaired, block.refusedLines);
      if (block.rejects === null) continue;
      rejects.push(block.rejects.bytes());
      faults.addAll(block.rejects.faults);
    }
    rejectBytes -= settledRejectBytes;
    settledRejectBytes = 0;
    settled = 0;
    assert(offsetBytes >= reached.offsetBytes, 'A checkpoint went back in the file.');
    const tally = faults.tally();
    const ahead = aheadOf(aheadBytes);
    reached = { offsetBytes, line, counts, units, ahead, ...(tally.length === 0 ? {} : { faults: tally }) };
    return { checkpoint: reached, rejects, repaired };
  }

  function aheadOf(mostBytes: number): Uint8Array | undefined {
    const fates = createFateWriter(seal, mostBytes);
    for (let at = 0; at < blocks.length && !fates.isFull; at++) {
      const block = blocks[at]!;
      for (let index = 0; index < block.items; index++) fates.add(block.fates[index] as Fate);
    }
    const unread = known.copy();
    while (!unread.isAtEnd && !fates.isFull) fates.add(unread.next());
    return fates.end();
  }

  /** No reject is added to a block that is settled, so each is looked at once. */
  function passSettled(): void {
    const before = settled;
    for (let block = blocks[settled]; block !== undefined && isSettled(block); block = blocks[settled]) {
      settledRejectBytes += keptBytes(block);
      settled++;
    }
    if (settled > before) text.dropBefore(blocks[settled]?.startBytes ?? tail.bytes);
  }

  function hold(block: Block, add: () => void): void {
    const before = keptBytes(block);
    add();
    rejectBytes += keptBytes(block) - before;
  }
}

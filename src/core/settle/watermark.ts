import { createFateReader, createFateWriter, type Fate, PENDING, SUPERSEDED, WRITTEN } from './ahead.ts';
import { addCounts, type Counts, noCounts } from './counts.ts';
import { createFaultCounter } from '../imports/fault-tally.ts';
import type { Format } from '../dataset/schema.ts';
import type { Checkpoint } from '../imports/import.ts';
import { createRejectRows, type RejectRows } from '../rows/reject-rows.ts';
import type { Reject } from '../rows/reject.ts';
import { createSpareArrays, type SpareArrays } from './spare-arrays.ts';
import { createUnsettledText, type UnsettledText } from '../rows/unsettled-text.ts';

/**
 * A run of whole records: the unit in which rows are settled, and whose items share one arena. It is open while records
 * are read into it; then it waits until the last of its items is settled.
 */
export type Block = {
  /** The items' texts. */
  arena: Uint8Array;
  /** Bytes of the arena in use. */
  used: number;
  /** Offset of the first record, and of the one behind the last. */
  startBytes: number;
  endBytes: number;
  startLine: number;
  endLine: number;
  /** Items so far: at most BLOCK_ITEMS. */
  items: number;
  /** What a checkpoint before the block says of each: `PENDING` also where it must be read again. */
  readonly fates: Uint8Array;
  /** Items not settled yet. */
  pending: number;
  open: boolean;
  read: number;
  written: number;
  superseded: number;
  skipped: number;
  /** null while there are none. */
  rejects: RejectRows | null;
  /** Takes the arena back. */
  readonly recycle: (block: Block) => void;
};

/** A block has at most so many items. */
export const BLOCK_ITEMS = 100;

/**
 * An item of the block is settled: written, superseded, or (null) in a reject. With the last one of a closed block its arena is
 * free for another. `isFinal`: a loader that goes on from a checkpoint before the block need not read the item again.
 */
export function settleItem(block: Block, index: number, fate: Fate, isFinal: boolean): void {
  if (fate === WRITTEN) block.written++;
  else if (fate === SUPERSEDED) block.superseded++;
  if (isFinal) block.fates[index] = fate;
  block.pending--;
  if (block.pending === 0 && !block.open) block.recycle(block);
}

/** What lies between two checkpoints: rows that are settled now. */
export type SettledRange = {
  readonly checkpoint: Checkpoint;
  /** The rows of its reject file, in the order of the file; none where nothing was refused. */
  readonly rejects: readonly Uint8Array[];
};

/**
 * Keeps the blocks in the order of the file, and tells up to where every row is settled. A block that is behind the
 * watermark is forgotten.
 */
export type Watermark = {
  /** Opens a block behind the last one, which must be closed. */
  openBlock(): Block;
  /** Ends the open block before the record at `endBytes`. */
  closeBlock(block: Block, endBytes: number, endLine: number): void;
  /**
   * Counts the open block's next item. True: a loader before this one has settled it, and so it is. False: it is the block's
   * item number `items - 1`, to be settled.
   */
  addItem(block: Block): boolean;
  /**
   * Takes the settled blocks off the front, and answers what they add up to since the checkpoint before. The checkpoint also
   * says which items beyond it are settled, as far as that fits into `aheadBytes`.
   */
  advance(units: number, aheadBytes: number): SettledRange;
  /**
   * False while blocks or rejects take all the memory that they may: until items are settled, or settled rejects are taken off,
   * nothing more is to be read.
   */
  readonly hasRoom: boolean;
  /** Memory of blocks that wait for their items, and of the file's text from the first of them on. */
  readonly heldBytes: number;
  /** The file's text from the first row that is not settled on: what is read goes here too. */
  readonly text: UnsettledText;
  /** Memory of all rejects that are not taken off yet. */
  readonly rejectBytes: number;
  /** That of the rejects which `advance` would take off now. */
  readonly settledRejectBytes: number;
  /** The record is copied: it need not outlive the call. */
  addReject(block: Block, reject: Reject): void;
  /** Every block that was opened is settled and taken off. */
  readonly isEmpty: boolean;
};

/** What may wait for items to be settled: blocks, and the file's text. This and what follows bound the loader's memory, whatever the file. */
export const MAX_HELD_BYTES = 32 * 1024 * 1024;
/** Rejects that may wait, be it for items before them or for the next checkpoint, which needs as much again for their file. */
export const MAX_REJECT_BYTES = 8 * 1024 * 1024;
const NO_ARENA = new Uint8Array(0);

/** `format`: of the rejects; `seal`: of the items' numbers (`core/ahead.ts`). */
export function createWatermark(from: Checkpoint, format: Format, seal: Uint8Array): Watermark {
  const blocks: Block[] = [];
  /** So many blocks at the front are known to be settled. */
  let settled = 0;
  const arenas = createSpareArrays();
  const text = createUnsettledText(from.offsetBytes, createSpareArrays());
  const spareFates: Uint8Array[] = [];
  /** What a loader before has said of the items that are not read yet. */
  const known = createFateReader(from.ahead, seal);
  let hasKnown = !known.isAtEnd;
  let reached = from;
  let tail = { bytes: from.offsetBytes, line: from.line };
  /** Of the blocks that are closed and not settled. */
  let arenaBytes = 0;
  let rejectBytes = 0;
  /** Of those blocks. */
  let settledRejectBytes = 0;

  return {
    openBlock,
    closeBlock,
    addItem,
    advance,
    addReject,
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

  function openBlock(): Block {
    const block: Block = {
      arena: arenas.take(),
      used: 0,
      startBytes: tail.bytes,
      endBytes: tail.bytes,
      startLine: tail.line,
      endLine: tail.line,
      items: 0,
      fates: spareFates.pop() ?? new Uint8Array(BLOCK_ITEMS),
      pending: 0,
      open: true,
      read: 0,
      written: 0,
      superseded: 0,
      skipped: 0,
      rejects: null,
      recycle,
    };
    blocks.push(block);
    return block;
  }

  function closeBlock(block: Block, endBytes: number, endLine: number): void {
    block.endBytes = endBytes;
    block.endLine = endLine;
    block.open = false;
    tail = { bytes: endBytes, line: endLine };
    if (block.pending > 0) block.arena = fitted(block.arena, block.used, arenas);
    arenaBytes += block.arena.length;
    if (block.pending === 0) recycle(block);
  }

  function recycle(block: Block): void {
    arenaBytes -= block.arena.length;
    arenas.give(block.arena);
    block.arena = NO_ARENA;
  }

  function addItem(block: Block): boolean {
    const index = block.items++;
    block.pending++;
    // The array has served another block.
    block.fates[index] = PENDING;
    if (!hasKnown) return false;
    const fate = known.next();
    hasKnown = !known.isAtEnd;
    if (fate === PENDING) return false;
    settleItem(block, index, fate, true);
    return true;
  }

  function advance(units: number, aheadBytes: number): SettledRange {
    passSettled();
    let { offsetBytes, line, counts } = reached;
    const rejects: Uint8Array[] = [];
    const faults = createFaultCounter();
    faults.addAll(reached.faults ?? []);
    for (const block of blocks.splice(0, settled)) {
      offsetBytes = block.endBytes;
      line = block.endLine;
      counts = addCounts(counts, blockCounts(block));
      spareFates.push(block.fates);
      if (block.rejects === null) continue;
      rejects.push(block.rejects.bytes());
      faults.addAll(block.rejects.faults);
    }
    rejectBytes -= settledRejectBytes;
    settledRejectBytes = 0;
    settled = 0;
    const tally = faults.tally();
    const ahead = aheadOf(aheadBytes);
    reached = { offsetBytes, line, counts, units, ahead, ...(tally.length === 0 ? {} : { faults: tally }) };
    return { checkpoint: reached, rejects };
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
    for (let block = blocks[settled]; block && !block.open && block.pending === 0; block = blocks[settled]) {
      settledRejectBytes += block.rejects?.heldBytes ?? 0;
      settled++;
    }
    if (settled > before) text.dropBefore(blocks[settled]?.startBytes ?? tail.bytes);
  }

  function addReject(block: Block, reject: Reject): void {
    block.rejects ??= createRejectRows(format);
    const before = block.rejects.count === 0 ? 0 : block.rejects.heldBytes;
    block.rejects.add(reject);
    rejectBytes += block.rejects.heldBytes - before;
  }
}

/** An array of which less than half is used is not kept waiting: what is used moves to one of its size. */
function fitted(array: Uint8Array, used: number, spare: SpareArrays): Uint8Array {
  if (used * 2 > array.length) return array;
  spare.give(array);
  return array.slice(0, used);
}

function blockCounts(block: Block): Counts {
  return {
    ...noCounts,
    read: block.read,
    written: block.written,
    rejected: block.rejects?.count ?? 0,
    superseded: block.superseded,
    skipped: block.skipped,
  };
}

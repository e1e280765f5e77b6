import { createPartitions, type Partitions } from './partitions.ts';
import { ADDED, createRecordTable, FULL } from './record-table.ts';
import { type Spill, SPILL_BLOCK_BYTES } from './spill.ts';

/** Finds records that have the same hash, among any number of them, in bounded memory. */
export type RepeatSearch = {
  /** Copies the record. Its first four words are its hash, which should be spread well (`hash128.ts`). */
  add(record: Uint32Array): void;
  /** Reads back what was spilled. Returns the number of different hashes. Must be called once, after the last record. */
  finish(): number;
};

/**
 * Gets each record whose hash an earlier one has, and the record that stands for that hash. If it returns true, the later record stands for
 * the hash from now on. Records of one hash come in the order of `add`. Those of different hashes come in any order, some of them during
 * `finish`.
 */
export type OnRepeat = (
  earlier: Uint32Array,
  earlierAt: number,
  later: Uint32Array,
  laterAt: number,
) => boolean;

export type RepeatSearchOptions = {
  readonly recordWords: number;
  readonly onRepeat: OnRepeat;
  /** Called at most once, when the table is full. The caller closes what it opens. */
  readonly openSpill: () => Spill;
  /** Different hashes that are kept in memory. */
  readonly tableRecords?: number | undefined;
};

/** With records of 6 words: 9 MiB, and 4 MiB of slots. */
const TABLE_RECORDS = 393_216;
/** 256 parts with a block each in memory: 12 MiB. */
const FIRST_BITS = 8;
/** A part with more different hashes than the table takes is parted again, by 16: less than 1 MiB a level. */
const NEXT_BITS = 4;

/** Records are looked up in the table until it is full. From then on they are parted by the bits from `firstBit` on. */
type Level = { readonly firstBit: number; readonly bits: number; partitions: Partitions | null };

/**
 * Keeps `tableRecords` records in memory. If there are more different hashes, all records go to disk in parts by their hash, and each
 * part is then read by itself. So memory does not depend on the number of records, and disk is the size of all records.
 */
export function createRepeatSearch(options: RepeatSearchOptions): RepeatSearch {
  const { recordWords, onRepeat, openSpill, tableRecords = TABLE_RECORDS } = options;
  const table = createRecordTable(tableRecords, recordWords);
  const top: Level = { firstBit: 0, bits: FIRST_BITS, partitions: null };
  let spill: Spill | null = null;
  let runs = 0;
  return {
    add: (record) => take(top, record, 0),
    finish: () => (top.partitions === null ? table.count : finishParts(top, top.partitions)),
  };

  function take(level: Level, from: Uint32Array, at: number): void {
    if (level.partitions === null) {
      if (lookUp(from, at)) return;
      spill ??= openSpill();
      level.partitions = createPartitions(spill, recordWords, level, () => runs++);
      const end = table.count * recordWords;
      for (let k = 0; k < end; k += recordWords) level.partitions.add(table.records, k);
    }
    level.partitions.add(from, at);
  }

  /** False: the hash is new, and the table is full. */
  function lookUp(from: Uint32Array, at: number): boolean {
    const found = table.add(from, at);
    if (found === FULL) return false;
    if (found !== ADDED && onRepeat(table.records, found, from, at))
      table.records.set(from.subarray(at, at + recordWords), found);
    return true;
  }

  function finishParts({ firstBit, bits }: Level, partitions: Partitions): number {
    const block = new Uint8Array(SPILL_BLOCK_BYTES);
    const records = new Uint32Array(block.buffer);
    let count = 0;
    for (const run of partitions.close()) {
      const level: Level = { firstBit: firstBit + bits, bits: NEXT_BITS, partitions: null };
      table.clear();
      for (const bytes of spill!.read(run)) {
        block.set(bytes);
        const end = bytes.length / Uint32Array.BYTES_PER_ELEMENT;
        for (let at = 0; at < end; at += recordWords) take(level, records, at);
      }
      spill!.remove(run);
      count += level.partitions === null ? table.count : finishParts(level, level.partitions);
    }
    return count;
  }
}

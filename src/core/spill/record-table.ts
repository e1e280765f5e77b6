/** The first words of a record are its hash (`hash128.ts`); the others are the caller's. */
export const HASH_WORDS = 4;

/** Records with different hashes: a hash table with open addressing, of at most `capacity` records. */
export type RecordTable = {
  readonly records: Uint32Array;
  count: number;
  /**
   * Looks the record at `at` of `from` up by its hash, and adds it if it is new. Returns the position in `records` of the one that was
   * there, ADDED, or FULL: it is new, and there is no room.
   */
  add(from: Uint32Array, at: number): number;
  clear(): void;
};

export const ADDED = -1;
export const FULL = -2;

export function createRecordTable(capacity: number, recordWords: number): RecordTable {
  const slotCount = 1 << Math.ceil(Math.log2(capacity * 2));
  const mask = slotCount - 1;
  /** Numbers of records, from 1; 0: empty. */
  const slots = new Uint32Array(slotCount);
  const records = new Uint32Array(capacity * recordWords);
  const table: RecordTable = { records, count: 0, add, clear };
  return table;

  function add(from: Uint32Array, at: number): number {
    const h0 = from[at]!;
    const h1 = from[at + 1]!;
    const h2 = from[at + 2]!;
    const h3 = from[at + 3]!;
    // By the last word: all records of a part share bits of the first.
    let slot = h3 & mask;
    for (;;) {
      const number = slots[slot]!;
      if (number === 0) break;
      const found = (number - 1) * recordWords;
      if (
        records[found] === h0 &&
        records[found + 1] === h1 &&
        records[found + 2] === h2 &&
        records[found + 3] === h3
      )
        return found;
      slot = (slot + 1) & mask;
    }
    if (table.count === capacity) return FULL;
    const end = table.count * recordWords;
    for (let k = 0; k < recordWords; k++) records[end + k] = from[at + k]!;
    slots[slot] = ++table.count;
    return ADDED;
  }

  function clear(): void {
    slots.fill(0);
    table.count = 0;
  }
}

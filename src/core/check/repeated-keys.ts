import type { Range } from '../cost/load-cost.ts';
import type { MappedItem } from '../rows/item.ts';
import { hash128 } from '../spill/hash128.ts';
import { createRepeatSearch } from '../spill/repeat-search.ts';
import { HASH_WORDS } from '../spill/record-table.ts';
import type { Spill } from '../spill/spill.ts';
import type { WriteKind } from '../write-plan.ts';

/** What a file says about its keys, exactly. */
export type KeySummary = {
  /** Different keys. */
  readonly distinct: number;
  /** Items that an empty table has after a load of plain puts and deletes. */
  readonly finalItems: number;
  /** Keys that occur more than once, and their items beyond the first. */
  readonly repeated: number;
  readonly repeats: number;
  /** The repeated keys whose second item comes first in the file, by its line. */
  readonly examples: readonly RepeatedKey[];
  /**
   * Write units of plain puts and deletes into an empty table. The least: of each key only the last item is written, because it
   * supersedes the others while they wait. The most: all are written, and each costs as much as the larger of it and the item before it.
   */
  readonly units: Range;
};

export type RepeatedKey = { readonly lines: readonly number[]; readonly items: number };

export type RepeatedKeys = {
  /** An item of a row, whose text is in `bytes`. */
  add(bytes: Uint8Array, item: MappedItem, kind: WriteKind, line: number): void;
  /** Call it once, at the end. */
  summary(): KeySummary;
};

/** Words of a record behind the hash. */
const LINE = HASH_WORDS;
const FIRST_LINE = HASH_WORDS + 1;
const UNITS = HASH_WORDS + 2;
const COUNT = HASH_WORDS + 3;
const IS_PUT = HASH_WORDS + 4;
const RECORD_WORDS = HASH_WORDS + 5;

const MOST_EXAMPLES = 5;
const MOST_LINES = 10;

/** Finds keys that occur more than once, by hashes of 128 bits. Memory is that of the search; what does not fit goes to `openSpill`. */
export function createRepeatedKeys(openSpill: () => Spill): RepeatedKeys {
  const record = new Uint32Array(RECORD_WORDS);
  const search = createRepeatSearch({ recordWords: RECORD_WORDS, onRepeat, openSpill });
  const examples: { hash: string; second: number; lines: number[]; items: number }[] = [];
  let finalItems = 0;
  let repeated = 0;
  let repeats = 0;
  let least = 0;
  let most = 0;
  return { add, summary };

  function add(bytes: Uint8Array, item: MappedItem, kind: WriteKind, line: number): void {
    const isPut = kind !== 'delete';
    hash128(bytes, item.start, item.keyEnd, record, 0);
    record[LINE] = line;
    record[FIRST_LINE] = line;
    record[UNITS] = item.units;
    record[COUNT] = 1;
    record[IS_PUT] = isPut ? 1 : 0;
    if (isPut) finalItems++;
    least += item.units;
    most += item.units;
    search.add(record);
  }

  function onRepeat(earlier: Uint32Array, from: number, later: Uint32Array, at: number): boolean {
    repeats++;
    const earlierUnits = earlier[from + UNITS]!;
    const wasPut = earlier[from + IS_PUT] === 1;
    least -= earlierUnits;
    if (wasPut) {
      finalItems--;
      most += Math.max(0, earlierUnits - later[at + UNITS]!);
    }
    const items = earlier[from + COUNT]! + 1;
    later[at + COUNT] = items;
    later[at + FIRST_LINE] = earlier[from + FIRST_LINE]!;
    if (items === 2) repeated++;
    noteExample(later, at, items);
    return true;
  }

  function noteExample(later: Uint32Array, at: number, items: number): void {
    const hash = later.subarray(at, at + HASH_WORDS).join();
    const line = later[at + LINE]!;
    if (items > 2) {
      const known = examples.find((each) => each.hash === hash);
      if (known === undefined) return;
      known.items = items;
      if (known.lines.length < MOST_LINES) known.lines.push(line);
      return;
    }
    if (examples.length === MOST_EXAMPLES && examples.at(-1)!.second <= line) return;
    examples.push({ hash, second: line, lines: [later[at + FIRST_LINE]!, line], items });
    examples.sort((a, b) => a.second - b.second);
    examples.length = Math.min(examples.length, MOST_EXAMPLES);
  }

  function summary(): KeySummary {
    const distinct = search.finish();
    const found = examples.map(({ lines, items }) => ({ lines, items }));
    return { distinct, finalItems, repeated, repeats, examples: found, units: { least, most } };
  }
}

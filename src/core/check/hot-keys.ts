/** A partition key with more write units than most. The true number is from `least` to `most`. */
export type HotKey = { readonly key: string; readonly least: number; readonly most: number };

export type HotKeys = {
  /** `hash`: of the partition key. `keyOf` gives its text, and is called only for a key that is not counted yet. */
  add(hash: number, units: number, keyOf: () => string): void;
  /** The keys with the most units, at most `count`. */
  hottest(count: number): readonly HotKey[];
};

/** Each with a text of at most 2 KB: 8 MB. */
const MOST_KEYS = 4096;

/**
 * Finds the partition keys with the most units in bounded memory ("frequent items" after Misra and Gries). When the table of counts is full,
 * the median of the counts is subtracted from all, and keys without a count are dropped. What was subtracted is the error: a key with more
 * than 1/2,048 of all units is always found.
 */
export function createHotKeys(): HotKeys {
  const counts = new Map<number, { key: string; units: number }>();
  let subtracted = 0;
  return { add, hottest };

  function add(hash: number, units: number, keyOf: () => string): void {
    const known = counts.get(hash);
    if (known !== undefined) {
      known.units += units;
      return;
    }
    if (counts.size >= MOST_KEYS) subtractMedian();
    counts.set(hash, { key: keyOf(), units });
  }

  function subtractMedian(): void {
    const all = Float64Array.from([...counts.values()], ({ units }) => units).sort();
    const median = all[all.length >> 1]!;
    subtracted += median;
    for (const [hash, count] of counts) {
      count.units -= median;
      if (count.units <= 0) counts.delete(hash);
    }
  }

  function hottest(count: number): readonly HotKey[] {
    return [...counts.values()]
      .toSorted((a, b) => b.units - a.units)
      .slice(0, count)
      .map(({ key, units }) => ({ key, least: units, most: units + subtracted }));
  }
}

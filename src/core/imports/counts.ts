/** Every record is one of these three. `blank`: those of the skipped rows whose cells are all empty. The header is no row. */
export const ROW_COUNTS = ['read', 'loaded', 'skipped', 'rejected', 'blank'] as const;
/**
 * Every item that the rows make is one of five: `superseded` by a later item of the file with its key, `kept` because the table's item
 * existed already or was newer, or `refused` by the table.
 */
export const ITEM_COUNTS = ['made', 'written', 'deleted', 'superseded', 'kept', 'refused'] as const;

const NAMES = [...ROW_COUNTS, ...ITEM_COUNTS] as const;

/** What became of the rows of a byte range, and of the items that they make. */
export type Counts = { readonly [name in (typeof NAMES)[number]]: number };

export const noCounts = countsBy(() => 0);

export function countsBy(of: (name: keyof Counts) => number): Counts {
  return Object.fromEntries(NAMES.map((name) => [name, of(name)])) as Counts;
}

export function addCounts(a: Counts, b: Counts): Counts {
  return countsBy((name) => a[name] + b[name]);
}

/** The first promise: rows `read = loaded + skipped + rejected`, items `made = written + deleted + superseded + kept + refused`. */
export function countsBalance(counts: Counts): boolean {
  const { read, loaded, skipped, rejected, blank, made, written, deleted, superseded, kept, refused } =
    counts;
  return (
    read === loaded + skipped + rejected &&
    blank <= skipped &&
    made === written + deleted + superseded + kept + refused
  );
}

/** Used where a repeated step must not have changed what was counted. */
export function sameCounts(a: Counts, b: Counts): boolean {
  return NAMES.every((name) => a[name] === b[name]);
}

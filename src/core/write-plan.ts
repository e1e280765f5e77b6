/** How an item is written. `put` replaces the item with its key, `insert` writes where none is, `merge` sets attributes, `delete` removes. */
export type WriteKind = 'put' | 'insert' | 'merge' | 'delete';

/** What is the same for all items that one rule of the dataset makes. */
export type WritePlan = {
  readonly kind: WriteKind;
  /** The attribute by which the stored item must be older or equal; null: no such condition. */
  readonly newerBy: string | null;
};

export const PLAIN_PUT: WritePlan = { kind: 'put', newerBy: null };

/**
 * Whether the operation replaces whatever is stored: then of two with one key only the later matters. All other operations of a key
 * are carried out, one after another in the order of the file.
 */
export function isPlain({ kind, newerBy }: WritePlan): boolean {
  return newerBy === null && (kind === 'put' || kind === 'delete');
}

import { MAX_ITEM_BYTES } from '../rows/item.ts';

/** Sizes of items in bytes, as DynamoDB counts them. */
export type SizeSummary = {
  readonly least: number;
  readonly median: number;
  /** 99 of 100 items are not larger. */
  readonly p99: number;
  readonly greatest: number;
  /** Items of at least 90% of the most that DynamoDB takes. */
  readonly nearLimit: number;
};

export type ItemSizes = {
  add(sizeBytes: number): void;
  /** null: there was no item. */
  summary(): SizeSummary | null;
};

const NEAR_LIMIT_BYTES = MAX_ITEM_BYTES * 0.9;

/** Counts each size by itself, so the summary is exact: 3.3 MB, however many items there are. */
export function createItemSizes(): ItemSizes {
  const counts = new Float64Array(MAX_ITEM_BYTES + 1);
  let items = 0;
  return {
    add(sizeBytes) {
      counts[sizeBytes]!++;
      items++;
    },
    summary,
  };

  function summary(): SizeSummary | null {
    if (items === 0) return null;
    let nearLimit = 0;
    for (let size = Math.ceil(NEAR_LIMIT_BYTES); size <= MAX_ITEM_BYTES; size++) nearLimit += counts[size]!;
    return {
      least: sizeAt(1),
      median: sizeAt(Math.ceil(items / 2)),
      p99: sizeAt(Math.ceil(items * 0.99)),
      greatest: sizeAt(items),
      nearLimit,
    };
  }

  /** The size of the item with this rank, from 1, among all items by size. */
  function sizeAt(rank: number): number {
    let passed = 0;
    for (let size = 0; size <= MAX_ITEM_BYTES; size++) {
      passed += counts[size]!;
      if (passed >= rank) return size;
    }
    return MAX_ITEM_BYTES;
  }
}

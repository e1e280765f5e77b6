/** DynamoDB's limits (Amazon DynamoDB Developer Guide, "Quotas in Amazon DynamoDB"), in bytes. */
export const MAX_ITEM_BYTES = 400 * 1024;
export const MAX_PARTITION_KEY_BYTES = 2048;
export const MAX_SORT_KEY_BYTES = 1024;
/** Limits of BatchWriteItem: items and bytes a request. */
export const MAX_BATCH_ITEMS = 25;
export const MAX_BATCH_BYTES = 16 * 1024 * 1024;
/** A row makes at most so many items. */
export const MAX_ROW_ITEMS = 100;
/** One write unit writes up to 1 KB; sizes are rounded up to the next KB. */
const WRITE_UNIT_BYTES = 1024;

/**
 * An item that the mapping has written into an arena: where its text is, and what the lanes need to know. It is valid until the
 * next row is mapped.
 *
 * The text is one JSON object of attributes, key attributes first and canonical, whatever is done with the item. Of a `delete` only the
 * key and the `newerBy` attribute are in it. Of a `merge` the attributes to set; what is to be removed, or set only where it is absent,
 * is in a last member with the empty name, which no attribute has: `"":{"remove":["a"],"absent":["b"]}`.
 */
export type MappedItem = {
  /** Text [start, end): a JSON object of attributes, key attributes first. */
  start: number;
  /** Two items have the same key if and only if their bytes [start, keyEnd) are equal. */
  keyEnd: number;
  end: number;
  /** Size as DynamoDB counts it: names and values. */
  sizeBytes: number;
  units: number;
  /** Hashes of 32 bits, of the partition key and of the whole key. */
  partitionHash: number;
  keyHash: number;
  /** Index into the mapping's `plans`. */
  plan: number;
};

/** Memory for the items of a row: what the arena holds up to `used` stays. */
export type Room = {
  readonly used: number;
  /** The arena, with room for so many bytes behind `used`. A further call may return another array, which has only the bytes up to `used`. */
  reserve(bytes: number): Uint8Array;
};

export function writeUnits(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / WRITE_UNIT_BYTES));
}

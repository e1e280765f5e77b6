/** DynamoDB's limits (Amazon DynamoDB Developer Guide, "Quotas in Amazon DynamoDB"), in bytes. */
export const MAX_ITEM_BYTES = 400 * 1024;
export const MAX_PARTITION_KEY_BYTES = 2048;
export const MAX_SORT_KEY_BYTES = 1024;
/** BatchWriteItem: items and bytes a request. */
export const MAX_BATCH_ITEMS = 25;
export const MAX_BATCH_BYTES = 16 * 1024 * 1024;
/** One write unit writes up to 1 KB; a started KB counts whole. */
const WRITE_UNIT_BYTES = 1024;

/**
 * What the mapping tells of an item that it has written into an arena: where its text lies, and what the lanes need to
 * know. One such object serves every row; it holds until the next.
 */
export type MappedItem = {
  /** Text [start, end): a JSON object of attributes, key attributes first. */
  start: number;
  /** [start, keyEnd) is the same for two items exactly if they have the same key. */
  keyEnd: number;
  end: number;
  /** Size as DynamoDB counts it: names, values. */
  sizeBytes: number;
  units: number;
  /** 32 bits, of the partition key and of the whole key. */
  partitionHash: number;
  keyHash: number;
};

export function writeUnits(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / WRITE_UNIT_BYTES));
}

import { type TokenBucket, tokenBucket } from './token-bucket.ts';

/**
 * A table's partitions: ranges of the partition keys' hashes, each with its own limit.
 * All pages: Amazon DynamoDB Developer Guide.
 */
export type Partitions = {
  readonly count: number;
  /** Whether the partition of the key has the units; false: it is throttled, which brings a split nearer. */
  has(keyHash: number, units: number, nowMs: number): boolean;
  /** Takes units for which `has` returned true. */
  take(keyHash: number, units: number): void;
  /** At least this number of partitions, and the share of each in the table's units (without adaptive capacity). */
  resize(count: number, shareUnits: number, nowMs: number): void;
};

/** "Partitions and data distribution in DynamoDB": at most 1,000 write units a second, burst credit or not. */
export const PARTITION_UNITS = 1000;
/** "DynamoDB burst and adaptive capacity": up to five minutes of unused capacity are kept. */
export const CREDIT_SECONDS = 300;
/** A throttle within this time after another counts as the same hot period. */
const HEAT_GAP_MS = 10_000;

type Partition = {
  /** Hashes [start, next partition's start). */
  readonly start: number;
  readonly ceiling: TokenBucket;
  /** Its share of the table's units with their burst credit; null with adaptive capacity. */
  readonly share: TokenBucket | null;
  hotSinceMs: number;
  throttledAtMs: number;
  /** The key with more than half of the traffic, if there is one (Boyer and Moore's majority vote). */
  hotKey: number;
  hotKeyVotes: number;
};

export function partitions(options: {
  count: number;
  shareUnits: number;
  /** Seconds of burst credit that each share has at the start. */
  creditSeconds: number;
  /**
   * "DynamoDB burst and adaptive capacity": a partition may use what others leave, and frequently accessed items are
   * isolated; "Key range throughput exceeded": a hot partition splits for heat after a short time.
   */
  adaptive: boolean;
  /** A partition that is throttled for this time splits. AWS does not publish the time. */
  splitAfterMs: number;
  startMs: number;
}): Partitions {
  const { adaptive, splitAfterMs } = options;
  let shareUnits = options.shareUnits;
  const all: Partition[] = [];
  for (let index = 0; index < options.count; index++) {
    all.push(
      partition(Math.floor((2 ** 32 * index) / options.count), options.startMs, options.creditSeconds),
    );
  }

  return {
    get count() {
      return all.length;
    },
    has,
    take,
    resize,
  };

  function partition(start: number, nowMs: number, creditSeconds: number): Partition {
    const ceiling = tokenBucket({
      unitsPerSecond: PARTITION_UNITS,
      capacity: PARTITION_UNITS,
      tokens: creditSeconds > 0 ? PARTITION_UNITS : 0,
      startMs: nowMs,
    });
    const share = adaptive
      ? null
      : tokenBucket({
          unitsPerSecond: shareUnits,
          capacity: shareUnits * CREDIT_SECONDS,
          tokens: shareUnits * creditSeconds,
          startMs: nowMs,
        });
    return { start, ceiling, share, hotSinceMs: 0, throttledAtMs: -Infinity, hotKey: 0, hotKeyVotes: 0 };
  }

  function has(keyHash: number, units: number, nowMs: number): boolean {
    const index = indexOf(keyHash);
    const { ceiling, share } = all[index]!;
    const isThere = ceiling.has(units, nowMs) && (share === null || share.has(units, nowMs));
    if (!isThere && adaptive) heat(index, nowMs);
    return isThere;
  }

  function take(keyHash: number, units: number): void {
    const found = all[indexOf(keyHash)]!;
    found.ceiling.take(units);
    found.share?.take(units);
    if (found.hotKey === keyHash) found.hotKeyVotes += units;
    else if (found.hotKeyVotes > 0) found.hotKeyVotes -= units;
    else {
      found.hotKey = keyHash;
      found.hotKeyVotes = units;
    }
  }

  function resize(count: number, newShareUnits: number, nowMs: number): void {
    while (all.length < count) splitWidest(nowMs);
    shareUnits = newShareUnits;
    for (const { share } of all) share?.resize(shareUnits, shareUnits * CREDIT_SECONDS, nowMs);
  }

  function heat(index: number, nowMs: number): void {
    const hot = all[index]!;
    if (nowMs - hot.throttledAtMs > HEAT_GAP_MS) hot.hotSinceMs = nowMs;
    hot.throttledAtMs = nowMs;
    if (nowMs - hot.hotSinceMs >= splitAfterMs) split(index, nowMs);
  }

  /** Splits around the key with most of the traffic, otherwise in the middle. A partition of one key cannot be split. */
  function split(index: number, nowMs: number): void {
    const { start, hotKey, hotKeyVotes } = all[index]!;
    const end = endOf(index);
    const middle = start + Math.floor((end - start) / 2);
    const starts = hotKeyVotes > 0 ? [start, hotKey, hotKey + 1] : [start, middle];
    const parts = [...new Set(starts)].filter((at) => at >= start && at < end);
    if (parts.length > 1) all.splice(index, 1, ...parts.map((at) => partition(at, nowMs, 0)));
  }

  function splitWidest(nowMs: number): void {
    let widest = 0;
    for (let index = 1; index < all.length; index++) {
      if (endOf(index) - all[index]!.start > endOf(widest) - all[widest]!.start) widest = index;
    }
    const { start } = all[widest]!;
    const middle = start + Math.floor((endOf(widest) - start) / 2);
    all.splice(widest, 1, partition(start, nowMs, 0), partition(middle, nowMs, 0));
  }

  function endOf(index: number): number {
    return all[index + 1]?.start ?? 2 ** 32;
  }

  function indexOf(keyHash: number): number {
    let low = 0;
    let high = all.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (all[middle]!.start <= keyHash) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

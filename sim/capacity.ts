import type { HoldReason } from '../src/core/ports.ts';
import { CREDIT_SECONDS, PARTITION_UNITS, partitions } from './partitions.ts';
import { type TokenBucket, tokenBucket } from './token-bucket.ts';

/** A table's capacity mode, in write units a second. */
export type CapacityMode =
  | { readonly kind: 'provisioned'; readonly units: number }
  /** `maxUnits`: the maximum that the table's owner has set, if any. */
  | { readonly kind: 'on-demand'; readonly maxUnits?: number };

export type CapacityOptions = {
  readonly mode: CapacityMode;
  readonly startMs: number;
  /** Seconds of unused capacity that the table has at the start: 0 to 300. Default 0. */
  readonly creditSeconds?: number;
  /** Default: as few as the units need. A table that was larger before has more. */
  readonly partitions?: number;
  /** Default true. */
  readonly adaptive?: boolean;
  /** A partition that is throttled for this time splits. Default 60,000. */
  readonly splitAfterMs?: number;
  /** "Quotas in Amazon DynamoDB": a table's units, by default 40,000. */
  readonly tableLimit?: number;
  /** The capacity of all tables of the account together: a bucket that they share. */
  readonly account?: TokenBucket;
};

/** Which writes a table accepts, and why it throttles the others. */
export type Capacity = {
  /** Takes an item's units, or returns why it is throttled. `keyHash`: 32 bits, of the partition key. */
  take(keyHash: number, units: number, nowMs: number): HoldReason | null;
  /** UpdateTable: other units, or the other mode. Burst credit is kept up to the new capacity. */
  change(mode: CapacityMode, nowMs: number): void;
  readonly mode: CapacityMode;
  readonly partitions: number;
};

/** "Quotas in Amazon DynamoDB": default for a table; for an account's provisioned tables together 80,000. */
const TABLE_LIMIT = 40_000;
export const ACCOUNT_LIMIT = 80_000;
/** "DynamoDB on-demand capacity mode": what a new table accepts at once. */
const ON_DEMAND_UNITS = 4000;
/** The same page: up to twice the previous peak at once; again twice after 30 minutes. */
const DOUBLING_MINUTES = 30;
const MINUTE_MS = 60_000;

/**
 * Decides which writes DynamoDB accepts, on any clock (`nowMs` never decreases). Each rule is from the page of the Amazon
 * DynamoDB Developer Guide that its comment names. What AWS does not publish has a simple model: a bucket without burst credit
 * holds one second, an item is accepted whole or not at all, and an item larger than a bucket needs a full bucket.
 */
export function capacity(options: CapacityOptions): Capacity {
  const { startMs, account, tableLimit = TABLE_LIMIT, creditSeconds = 0 } = options;
  let mode = options.mode;
  /** What an on-demand table accepts at once, and what it accepted in this minute. */
  let onDemandUnits = ON_DEMAND_UNITS;
  let minuteUnits = 0;
  let minuteEndMs = startMs + MINUTE_MS;
  const table = tokenBucket({ ...tableTerms(), tokens: tableUnits() * creditSeconds, startMs });
  const quota = tokenBucket({
    unitsPerSecond: tableLimit,
    capacity: tableLimit,
    tokens: creditSeconds > 0 ? tableLimit : 0,
    startMs,
  });
  const parts = partitions({
    count: options.partitions ?? partitionsFor(tableUnits()),
    shareUnits: tableUnits() / (options.partitions ?? partitionsFor(tableUnits())),
    creditSeconds,
    adaptive: options.adaptive ?? true,
    splitAfterMs: options.splitAfterMs ?? 60_000,
    startMs,
  });

  return {
    take,
    change,
    get mode() {
      return mode;
    },
    get partitions() {
      return parts.count;
    },
  };

  function take(keyHash: number, units: number, nowMs: number): HoldReason | null {
    if (mode.kind === 'on-demand') grow(nowMs);
    if (!parts.has(keyHash, units, nowMs)) return 'key-range';
    if (!table.has(units, nowMs)) return tableReason(mode, onDemandUnits);
    if (!quota.has(units, nowMs)) return 'account-limit';
    if (account?.has(units, nowMs) === false) return 'account-limit';
    parts.take(keyHash, units);
    table.take(units);
    quota.take(units);
    account?.take(units);
    minuteUnits += units;
    return null;
  }

  function change(newMode: CapacityMode, nowMs: number): void {
    mode = newMode;
    resize(nowMs);
  }

  function resize(nowMs: number): void {
    const { unitsPerSecond, capacity } = tableTerms();
    table.resize(unitsPerSecond, capacity, nowMs);
    const count = Math.max(parts.count, partitionsFor(unitsPerSecond));
    parts.resize(count, unitsPerSecond / count, nowMs);
  }

  /** "DynamoDB burst and adaptive capacity" describes provisioned tables; an on-demand table has no credit in this model. */
  function tableTerms(): { unitsPerSecond: number; capacity: number } {
    const unitsPerSecond = tableUnits();
    const seconds = mode.kind === 'provisioned' ? CREDIT_SECONDS : 1;
    return { unitsPerSecond, capacity: unitsPerSecond * seconds };
  }

  function tableUnits(): number {
    return mode.kind === 'provisioned' ? mode.units : Math.min(mode.maxUnits ?? Infinity, onDemandUnits);
  }

  /** Grows towards twice the highest minute, by a thirtieth each minute, so that doubling again takes 30 minutes. */
  function grow(nowMs: number): void {
    if (nowMs < minuteEndMs) return;
    const twicePeak = (2 * minuteUnits * 1000) / MINUTE_MS;
    onDemandUnits = Math.max(onDemandUnits, Math.min(twicePeak, onDemandUnits * (1 + 1 / DOUBLING_MINUTES)));
    minuteUnits = 0;
    minuteEndMs = nowMs + MINUTE_MS;
    resize(nowMs);
  }
}

/** "Partitions and data distribution in DynamoDB": as many as the throughput needs. */
function partitionsFor(units: number): number {
  return Math.max(1, Math.ceil(units / PARTITION_UNITS));
}

/** "DynamoDB throttling resolution guide": an on-demand table beyond its set maximum, any other beyond its own units. */
function tableReason(mode: CapacityMode, onDemandUnits: number): HoldReason {
  if (mode.kind === 'provisioned') return 'table-capacity';
  return mode.maxUnits !== undefined && mode.maxUnits <= onDemandUnits ? 'on-demand-limit' : 'key-range';
}

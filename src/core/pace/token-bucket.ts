import { MAX_BATCH_ITEMS } from '../rows/item.ts';

/** Units that may be sent now: a token bucket that fills at the table's rate. */
export type TokenBucket = {
  /** Units a second; Infinity: there is no limit. */
  rate: number;
  /** Units that may be sent at `nowMs`; 0: none before `readyMs`. */
  budget(nowMs: number): number;
  /** When the budget will be more than 0. */
  readyMs(nowMs: number): number;
  spend(units: number): void;
  /** Empties the bucket. */
  empty(nowMs: number): void;
};

/** A request uses at least what the rate brings in this time: small requests cost as much as large ones. */
const SPEND_SECONDS = 0.2;
/** Unspent tokens are kept for one batch, or for this part of a second: sending stays even. */
const KEPT_PART = 20;

export function createTokenBucket(startMs: number): TokenBucket {
  let tokens = 0;
  let atMs = startMs;
  const bucket: TokenBucket = {
    rate: Infinity,
    budget,
    readyMs,
    spend: (units) => {
      tokens -= units;
    },
    empty: (nowMs) => {
      tokens = 0;
      atMs = nowMs;
    },
  };
  return bucket;

  function budget(nowMs: number): number {
    const { rate } = bucket;
    if (rate === Infinity) return Infinity;
    const most = Math.max(MAX_BATCH_ITEMS, rate / KEPT_PART);
    tokens = Math.min(most, tokens + (rate * (nowMs - atMs)) / 1000);
    atMs = nowMs;
    return tokens >= leastSpend() ? tokens : 0;
  }

  function readyMs(nowMs: number): number {
    const missing = leastSpend() - tokens;
    if (bucket.rate === Infinity || missing <= 0) return nowMs;
    return atMs + Math.ceil((missing / bucket.rate) * 1000);
  }

  function leastSpend(): number {
    return Math.min(MAX_BATCH_ITEMS, Math.max(1, bucket.rate * SPEND_SECONDS));
  }
}

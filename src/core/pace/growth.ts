import { FEWEST_UNITS, type RateMeter } from './rate-meter.ts';
import type { ThrottleTally } from './throttle-tally.ts';

/** How a rate grows while the table holds nothing back: slowly at first, faster the longer the last hold is past. */
export type Growth = {
  /** The table held back. */
  held(nowMs: number): void;
  /** The rate after an interval in which it was used. */
  grown(rate: number, elapsedMs: number, nowMs: number): number;
};

/** Growth a second after the last hold; it doubles each second (or in the time of FEWEST_UNITS) up to the largest. */
const FIRST = 0.005;
const LARGEST = 0.25;
const DOUBLING_MS = 1000;
const LONGEST_DOUBLING_MS = 10_000;
/** With many partitions (`rate-meter.ts`) it grows evenly a second, up to this part above what was measured. */
const MANY_PARTITIONS = { growth: 0.0075, until: 1.15 };
/** … but not while more than this share is held back. */
const LEAST_SHARE = 0.0002;

export function createGrowth(meter: RateMeter, tally: ThrottleTally): Growth {
  let heldAtMs = -Infinity;
  return {
    held: (nowMs) => {
      heldAtMs = nowMs;
    },
    grown,
  };

  function grown(rate: number, elapsedMs: number, nowMs: number): number {
    const seconds = elapsedMs / 1000;
    if (meter.hasManyPartitions) {
      if (tally.share() > LEAST_SHARE) return rate;
      if (rate < MANY_PARTITIONS.until * meter.takenRate) {
        heldAtMs = nowMs;
        return rate * (1 + MANY_PARTITIONS.growth * seconds);
      }
    }
    const doublingMs = Math.min(LONGEST_DOUBLING_MS, Math.max(DOUBLING_MS, (FEWEST_UNITS / rate) * 1000));
    const growth = FIRST * 2 ** ((nowMs - heldAtMs) / doublingMs);
    return rate * (1 + Math.min(LARGEST * Math.min(seconds, 1), growth * seconds));
  }
}

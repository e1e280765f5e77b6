/**
 * The lane's loop of the flow control. A lane that is held back rests, longer each time. A lane that is written rests less each time,
 * until it rests no more. So a hot key range is written as fast as its partition allows, and all others at their own speed.
 */
export type LanePace = {
  /** The table held back this share of the lane's request. Returns until when the lane rests; 0: not at all. */
  held(lane: number, share: number, nowMs: number): number;
  /** The table wrote the whole request of the lane. Returns until when the lane rests; 0: not at all. */
  written(lane: number, nowMs: number): number;
  /** The lane has not been held back lately. */
  isFresh(lane: number, nowMs: number): boolean;
  /** No lane has been held back lately. */
  areAllFresh(nowMs: number): boolean;
  /** The share of the lanes that are not fresh. */
  spread(nowMs: number): number;
};

const FIRST_GAP_MS = 10;
const LONGEST_GAP_MS = 5000;
/** A shorter rest is no rest. */
const SHORTEST_GAP_MS = 4;
/** A request that was written halves a long rest and makes a short one a tenth shorter; one that was held back doubles the rest. */
const LONG_GAP_MS = 200;
const HALVING = 0.5;
const SHRINKING = 0.9;
const DOUBLING = 2;
/** A smaller share is no reason to rest: the table's loop sends a little too much on purpose, in any lane. */
const SMALL_SHARE = 0.2;
const FRESH_AFTER_MS = 1000;

export function createLanePace(options: { laneCount: number; random: () => number }): LanePace {
  const { random } = options;
  /** For each lane: the time between an answer and the next request. */
  const gapMs = new Float64Array(options.laneCount);
  const heldAtMs = new Float64Array(options.laneCount).fill(-Infinity);
  let lastHeldAtMs = -Infinity;

  return {
    held,
    written,
    isFresh: (lane, nowMs) => nowMs - heldAtMs[lane]! > FRESH_AFTER_MS,
    spread: (nowMs) =>
      heldAtMs.reduce((sum, atMs) => sum + (nowMs - atMs > FRESH_AFTER_MS ? 0 : 1), 0) / heldAtMs.length,
    areAllFresh: (nowMs) => nowMs - lastHeldAtMs > FRESH_AFTER_MS,
  };

  function held(lane: number, share: number, nowMs: number): number {
    heldAtMs[lane] = nowMs;
    lastHeldAtMs = nowMs;
    const before = gapMs[lane]!;
    if (before === 0 && share < SMALL_SHARE) return 0;
    const longer = Math.max(before, FIRST_GAP_MS) * (SHRINKING + share * (DOUBLING - SHRINKING));
    gapMs[lane] = Math.min(LONGEST_GAP_MS, longer);
    return nowMs + restMs(lane);
  }

  function written(lane: number, nowMs: number): number {
    const before = gapMs[lane]!;
    if (before === 0) return 0;
    const shorter = before * (before > LONG_GAP_MS ? HALVING : SHRINKING);
    gapMs[lane] = shorter < SHORTEST_GAP_MS ? 0 : shorter;
    return gapMs[lane] === 0 ? 0 : nowMs + restMs(lane);
  }

  /** With jitter, so that lanes that were held back together do not return together ("Exponential Backoff And Jitter", AWS Architecture Blog). */
  function restMs(lane: number): number {
    return Math.ceil(gapMs[lane]! * (0.5 + random()));
  }
}

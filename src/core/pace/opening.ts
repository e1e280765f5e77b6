import type { ThrottleTally } from './throttle-tally.ts';

/** The first phase: a quarter more requests each round trip, until the table holds back. */
export type Opening = {
  /** Requests that may be in flight. */
  readonly requests: number;
  /** After an answer: the table's first rate, in units a second, if the table holds back; otherwise null. `writtenUnits`: in all. */
  answered(writtenUnits: number, nowMs: number): number | null;
};

const FIRST_REQUESTS = 1;
const GROWTH = 0.25;
/**
 * The first hold that counts: much in a few of the lanes, or some in many or with a reason that names the table. A file that
 * begins with a few keys says nothing about the table.
 */
const SUDDEN = { share: 0.5, spread: 0.015 };
const WIDE = { share: 0.05, spread: 0.15 };
/** Limits of the first rate. The next phase raises it until the table holds back again. */
const RATES = { least: 50, most: 1000 };

export function createOpening(options: {
  maxInFlight: number;
  startMs: number;
  tally: ThrottleTally;
  spread: (nowMs: number) => number;
}): Opening {
  const { maxInFlight, startMs, tally, spread } = options;
  let requests = Math.min(FIRST_REQUESTS, maxInFlight);

  return {
    get requests() {
      return Math.floor(requests);
    },
    answered(writtenUnits, nowMs) {
      requests = Math.min(maxInFlight, requests + GROWTH);
      return isHeldBack(nowMs) ? firstRate(writtenUnits, nowMs) : null;
    },
  };

  function isHeldBack(nowMs: number): boolean {
    const share = tally.share();
    if (share <= WIDE.share) return false;
    const lanes = spread(nowMs);
    const isSudden = share > SUDDEN.share && lanes > SUDDEN.spread;
    return isSudden || lanes > WIDE.spread || tally.namesTable;
  }

  function firstRate(writtenUnits: number, nowMs: number): number {
    const taken = (writtenUnits / Math.max(1, nowMs - startMs)) * 1000;
    return Math.max(RATES.least, Math.min(RATES.most, taken));
  }
}

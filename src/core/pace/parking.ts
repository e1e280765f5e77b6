/** A table above this rate gives its burst credit too slowly for parking to save much: a partition takes 1,000 units a second. */
const MOST_RATE = 300;
/** The rest is worth parking for from this time on. */
const LEAST_REST_MS = 30_000;
/** DynamoDB keeps 300 s of burst credit ("DynamoDB burst and adaptive capacity"); a start takes some seconds. */
const LONGEST_PARK_MS = 290_000;
/** A rate is sure this time after it was first measured. */
const SURE_MS = 1000;

/**
 * How long to stay away, in milliseconds, so that the table collects the burst credit that the remaining units need; 0 where
 * staying is better: the rest takes little time, or the table is fast, or its rate is not sure. `knownMs`: since when it is known.
 */
export function parkMs(remainingUnits: number, rate: number, knownMs: number): number {
  if (knownMs < SURE_MS || rate > MOST_RATE) return 0;
  const restMs = (remainingUnits / rate) * 1000;
  return restMs < LEAST_REST_MS ? 0 : Math.min(LONGEST_PARK_MS, restMs);
}

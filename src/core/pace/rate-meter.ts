import { ALARM_MS, type Hold, type ThrottleTally } from './throttle-tally.ts';

/** Measures what the table takes: what is written between two holds, because at each hold the table had nothing left. */
export type RateMeter = {
  /** The rate that follows from the interval's holds, in units a second, and whether the measured time was long enough to trust. */
  measure(interval: { first: Hold; last: Hold; rate: number; hasFallen: boolean; nowMs: number }): {
    rate: number;
    isSure: boolean;
  };
  /** Units a second that the table took when they were last measured for a second or longer; 0: never. */
  readonly takenRate: number;
  /** See MANY_PARTITIONS. */
  readonly hasManyPartitions: boolean;
};

/** The rate is set above what the table takes by this part: that much is held back, and shows that nothing is left unused. */
const MARGIN = 0.008;
/** As long as it has not fallen, the rate is lowered by this part of the share that is held back. */
const MILDNESS = 0.25;
/**
 * From this rate on a table has so many partitions that some are empty before the table is, while others save up to a second of
 * their capacity. So for seconds it takes more or less than its rate: it is measured over a longer time, with a smaller margin.
 */
const MANY_PARTITIONS = { rate: 32_000, margin: 0.002, measureMs: 4000 };
/** What the table takes is measured over the time of so many units, within these limits, or that of the fewest units. */
const MEASURE_UNITS = 2000;
const MEASURE_MS = { least: 1000, most: 4000 };
export const FEWEST_UNITS = 100;
/** The fewest units that a provisioned table can have. */
const SLOWEST_RATE = 1;

export function createRateMeter(tally: ThrottleTally): RateMeter {
  /** Oldest first, since the rate last fell. */
  let holds: Hold[] = [];
  let takenRate = 0;

  return {
    measure,
    get takenRate() {
      return takenRate;
    },
    get hasManyPartitions() {
      return hasManyPartitions();
    },
  };

  function measure(interval: Parameters<RateMeter['measure']>[0]): { rate: number; isSure: boolean } {
    const { first, last, rate, hasFallen, nowMs } = interval;
    if (hasFallen) holds = [];
    const spanLimitMs = measureMs(rate);
    holds = holds.filter(({ atMs }) => atMs >= last.atMs - 4 * spanLimitMs);
    while (holds.length > 1 && holds[1]!.atMs <= last.atMs - spanLimitMs) holds.shift();
    const from = holds[0] ?? first;
    const spanMs = last.atMs - from.atMs;
    const taken =
      spanMs >= ALARM_MS
        ? (last.writtenUnits - from.writtenUnits) / spanMs
        : tally.writtenUnits / Math.max(ALARM_MS, nowMs - tally.startMs);
    // What is held back in some places for a moment is no reason to lower the rate of the others.
    const least = hasFallen ? SLOWEST_RATE : rate * (1 - tally.share() * MILDNESS);
    // A burst says nothing about the number of partitions.
    if (spanMs >= MEASURE_MS.least) takenRate = taken * 1000;
    const margin = hasManyPartitions() ? MANY_PARTITIONS.margin : MARGIN;
    holds.push(last);
    return {
      rate: Math.max(SLOWEST_RATE, least, taken * 1000 * (1 + margin)),
      isSure: spanMs >= ALARM_MS,
    };
  }

  function hasManyPartitions(): boolean {
    return takenRate > MANY_PARTITIONS.rate;
  }

  function measureMs(rate: number): number {
    if (hasManyPartitions()) return MANY_PARTITIONS.measureMs;
    const wanted = Math.max(MEASURE_MS.least, Math.min(MEASURE_MS.most, (MEASURE_UNITS / rate) * 1000));
    return Math.max(wanted, (FEWEST_UNITS / rate) * 1000);
  }
}

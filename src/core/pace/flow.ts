import { MAX_BATCH_ITEMS } from '../rows/item.ts';
import { ALARM_MS, ALARM_SHARE, createThrottleTally, type FlowAnswer, type Hold } from './throttle-tally.ts';

/**
 * The table's loop of the flow control: how much may be sent now, how much may wait, and whether waiting is worth its price.
 * It opens up as long as everything is taken, finds the table's rate where it holds back, stays a hundredth above it, and
 * feels its way up when nothing is held any more. `docs/flow.md` tells why.
 */
export type Flow = {
  /** Units that may be sent at `nowMs`; 0: none before `readyMs`. */
  budget(nowMs: number): number;
  /** When the budget will be more than 0. */
  readyMs(nowMs: number): number;
  sent(units: number): void;
  answered(answer: FlowAnswer, nowMs: number): void;
  /**
   * How long to stay away, in milliseconds, so that the table gathers the burst credit that the remaining units need; 0 where
   * staying is better: the rest takes little time, or the table is fast, or has not shown its rate.
   */
  parkMs(remainingUnits: number, nowMs: number): number;
  /** Units that may be read and not settled, so that what waits is never more than some seconds of the table. */
  readonly windowUnits: number;
  /** Requests that may be in flight. */
  readonly maxInFlight: number;
  /** Units a second; Infinity as long as the table has not held back. */
  readonly rate: number;
};

/** An interval is judged after this time and a batch's units, or after the longest time. */
const INTERVAL_MS = 250;
const LONGEST_INTERVAL_MS = 5000;
/** Where less than this share of the rate is sent, something else is the limit. */
const USED_SHARE = 0.9;
/** Below this share, what is held back is not the table's limit, but a key range's. */
const NOTICED_SHARE = 0.003;
/** Below this share nothing is held back that says anything, at any rate. */
const LEAST_SHARE = 0.0002;
/** Above it the table's rate has fallen, and what was known of it is void. */
const FALLEN_SHARE = 0.1;
/** The rate stands so far above what the table takes: that much is held back, and shows that nothing is left unused. */
const MARGIN = 0.008;
/** As long as it has not fallen, the rate gives way by this part of the share that is held back. */
const MILDNESS = 0.25;
/**
 * From this rate on a table has so many partitions that some run dry before it does, while the others save up to a second of
 * theirs. So for seconds it takes more or less than its rate: it is measured over a longer time, the rate stands nearer to it, and
 * grows evenly, and not while anything is held back, until it is this far above what was measured.
 */
const MANY_PARTITIONS = { rate: 32_000, margin: 0.002, measureMs: 4000, growth: 0.0075, until: 1.15 };
/** What the table takes is measured over the time of so many units, within these bounds, or that of the fewest units. */
const MEASURE_UNITS = 2000;
const MEASURE_MS = { least: 1000, most: 4000 };
const FEWEST_UNITS = 100;
/** Growth a second after the last hold; it doubles each second (or each time that FEWEST_UNITS take) up to the largest. */
const FIRST_GROWTH = 0.005;
const LARGEST_GROWTH = 0.25;
const DOUBLING_MS = 1000;
const LONGEST_DOUBLING_MS = 10_000;
/** At the first hold the rate is set between these, and grows by a quarter each interval until the table holds back again. */
const FIRST_RATES = { least: 50, most: 1000 };
const OPENING_GROWTH = 0.25;
/**
 * The first hold that counts: much in a few of the lanes, or some in many or for a named reason. A file that begins with a few
 * keys says nothing of the table.
 */
const FIRST_SUDDEN = { share: 0.5, spread: 0.015 };
const FIRST_WIDE = { share: 0.05, spread: 0.15 };
const FIRST_REQUESTS = 1;
const FIRST_WINDOW_UNITS = 500;
const SMALLEST_WINDOW_UNITS = 100;
/**
 * The window of a table that has shown its rate. Small, since what was written out of the file's order may be written again after
 * a crash.
 */
const WINDOW_SECONDS = 2;
/** Where the lanes in the window don't use the rate, more of them are needed: it grows so much an interval, as far as memory goes. */
const WINDOW_GROWTH = 1.25;
const WINDOW_SHRINKING = 0.99;
const OPENING_WINDOW_GROWTH = 2;
/** Beyond this the loader's memory is the bound. */
const LARGEST_WINDOW_UNITS = 4_000_000;
/** The fewest units that a provisioned table can have. */
const SLOWEST_RATE = 1;
/** A request takes at least what the rate brings in this time. */
const SPEND_SECONDS = 0.2;

/** A table above this rate gives its burst credit too slowly for parking to save much: a partition takes 1,000 a second. */
const PARKED_RATE = 300;
/** The rest is worth parking for from this time on. */
const PARKED_REST_MS = 30_000;
/** DynamoDB keeps 300 s of burst credit ("DynamoDB burst and adaptive capacity"); waking takes some seconds. */
const LONGEST_PARK_MS = 290_000;
/** A rate is sure so long after it was first measured. */
const SURE_MS = 1000;

/** `spread` tells the share of the lanes that have been held back lately. */
export function createFlow(options: {
  maxInFlight: number;
  startMs: number;
  spread: (nowMs: number) => number;
}): Flow {
  let rate = Infinity;
  let tokens = 0;
  let tokensAtMs = options.startMs;
  let windowUnits = FIRST_WINDOW_UNITS;
  let openRequests = Math.min(FIRST_REQUESTS, options.maxInFlight);
  let isOpening = true;
  let writtenUnits = 0;
  /** Oldest first, since the rate fell last. */
  let holds: Hold[] = [];
  let heldAtMs = -Infinity;
  /** Units a second that the table took when it was last measured for a second or longer. */
  let takenRate = 0;
  /** When the rate was first measured. */
  let knownAtMs = Infinity;
  const tally = createThrottleTally({ startMs: options.startMs, spread: options.spread });

  return {
    budget,
    readyMs,
    sent: (units) => {
      tokens -= units;
    },
    answered,
    parkMs,
    get windowUnits() {
      return windowUnits;
    },
    get maxInFlight() {
      return rate === Infinity ? Math.floor(openRequests) : options.maxInFlight;
    },
    get rate() {
      return rate;
    },
  };

  function budget(nowMs: number): number {
    if (rate === Infinity) return Infinity;
    refill(nowMs);
    return tokens >= leastSpend() ? tokens : 0;
  }

  function readyMs(nowMs: number): number {
    const missing = leastSpend() - tokens;
    if (rate === Infinity || missing <= 0) return nowMs;
    return tokensAtMs + Math.ceil((missing / rate) * 1000);
  }

  /** A full batch, or what a fifth of a second brings: small requests cost as much as large ones. */
  function leastSpend(): number {
    return Math.min(MAX_BATCH_ITEMS, Math.max(1, rate * SPEND_SECONDS));
  }

  /** Unspent tokens are kept for one batch, or for a twentieth of a second: sending stays even. */
  function refill(nowMs: number): void {
    const most = Math.max(MAX_BATCH_ITEMS, rate / 20);
    tokens = Math.min(most, tokens + (rate * (nowMs - tokensAtMs)) / 1000);
    tokensAtMs = nowMs;
  }

  function answered(answer: FlowAnswer, nowMs: number): void {
    writtenUnits += answer.writtenUnits;
    // Time-outs and errors are no measure of capacity; the lanes rest after them.
    if (answer.reason === 'unavailable') return;
    tally.add(answer, { atMs: nowMs, writtenUnits });
    if (rate === Infinity) open(answer, nowMs);
    const elapsedMs = nowMs - tally.startMs;
    const isDue = elapsedMs >= INTERVAL_MS && tally.units >= Math.min(MAX_BATCH_ITEMS, rate);
    if (isDue || elapsedMs >= LONGEST_INTERVAL_MS || tally.isAlarming()) {
      if (rate === Infinity)
        windowUnits = Math.min(LARGEST_WINDOW_UNITS, windowUnits * OPENING_WINDOW_GROWTH);
      else judge(nowMs, elapsedMs);
      tally.next(nowMs);
    }
  }

  /** A quarter more requests each round trip, until the table holds back. */
  function open(answer: FlowAnswer, nowMs: number): void {
    windowUnits += answer.writtenUnits;
    openRequests = Math.min(options.maxInFlight, openRequests + 0.25);
    const share = tally.share();
    if (share <= FIRST_WIDE.share) return;
    const spread = options.spread(nowMs);
    const isSudden = share > FIRST_SUDDEN.share && spread > FIRST_SUDDEN.spread;
    const isWide = spread > FIRST_WIDE.spread || tally.namesTable;
    if (!isSudden && !isWide) return;
    const taken = (writtenUnits / Math.max(1, nowMs - options.startMs)) * 1000;
    rate = Math.max(FIRST_RATES.least, Math.min(FIRST_RATES.most, taken));
    tokens = 0;
    tokensAtMs = nowMs;
  }

  function judge(nowMs: number, elapsedMs: number): void {
    const isUsed = tally.units >= USED_SHARE * rate * (elapsedMs / 1000);
    const hasFallen = tally.share() > (isUsed ? FALLEN_SHARE : ALARM_SHARE);
    if (tally.lastHold !== null && (hasFallen || (isUsed && tally.lastingShare() > NOTICED_SHARE))) {
      measure(tally.firstHold!, tally.lastHold, hasFallen, nowMs);
    } else if (isUsed) {
      grow(elapsedMs, nowMs);
    }
    const leastUnits = Math.max(SMALLEST_WINDOW_UNITS, rate * WINDOW_SECONDS);
    const wantedUnits = windowUnits * (isUsed ? WINDOW_SHRINKING : WINDOW_GROWTH);
    windowUnits = Math.max(leastUnits, Math.min(LARGEST_WINDOW_UNITS, wantedUnits));
  }

  /** Sets the rate to what the table took between the first known hold and the last. */
  function measure(first: Hold, last: Hold, hasFallen: boolean, nowMs: number): void {
    if (hasFallen) holds = [];
    const oldestMs = last.atMs - measureMs();
    holds = holds.filter(({ atMs }) => atMs >= last.atMs - 4 * measureMs());
    while (holds.length > 1 && holds[1]!.atMs <= oldestMs) holds.shift();
    const from = holds[0] ?? first;
    const spanMs = last.atMs - from.atMs;
    const taken =
      spanMs >= ALARM_MS
        ? (last.writtenUnits - from.writtenUnits) / spanMs
        : tally.writtenUnits / Math.max(ALARM_MS, nowMs - tally.startMs);
    // What is held back in places for a moment is no reason to give up what others take.
    const least = hasFallen ? SLOWEST_RATE : rate * (1 - tally.share() * MILDNESS);
    // A burst says nothing of how many partitions there are.
    if (spanMs >= MEASURE_MS.least) takenRate = taken * 1000;
    const margin = hasManyPartitions() ? MANY_PARTITIONS.margin : MARGIN;
    rate = Math.max(SLOWEST_RATE, least, taken * 1000 * (1 + margin));
    if (spanMs >= ALARM_MS) {
      isOpening = false;
      knownAtMs = Math.min(knownAtMs, nowMs);
    }
    holds.push(last);
    heldAtMs = nowMs;
  }

  function hasManyPartitions(): boolean {
    return takenRate > MANY_PARTITIONS.rate;
  }

  function measureMs(): number {
    if (hasManyPartitions()) return MANY_PARTITIONS.measureMs;
    const wanted = Math.max(MEASURE_MS.least, Math.min(MEASURE_MS.most, (MEASURE_UNITS / rate) * 1000));
    return Math.max(wanted, (FEWEST_UNITS / rate) * 1000);
  }

  function grow(elapsedMs: number, nowMs: number): void {
    if (isOpening) {
      rate *= 1 + OPENING_GROWTH;
      return;
    }
    const seconds = elapsedMs / 1000;
    if (hasManyPartitions()) {
      if (tally.share() > LEAST_SHARE) return;
      if (rate < MANY_PARTITIONS.until * takenRate) {
        heldAtMs = nowMs;
        rate *= 1 + MANY_PARTITIONS.growth * seconds;
        return;
      }
    }
    const doublingMs = Math.min(LONGEST_DOUBLING_MS, Math.max(DOUBLING_MS, (FEWEST_UNITS / rate) * 1000));
    const growth = FIRST_GROWTH * 2 ** ((nowMs - heldAtMs) / doublingMs);
    rate *= 1 + Math.min(LARGEST_GROWTH * Math.min(seconds, 1), growth * seconds);
  }

  function parkMs(remainingUnits: number, nowMs: number): number {
    if (nowMs - knownAtMs < SURE_MS || rate > PARKED_RATE) return 0;
    const restMs = (remainingUnits / rate) * 1000;
    return restMs < PARKED_REST_MS ? 0 : Math.min(LONGEST_PARK_MS, restMs);
  }
}

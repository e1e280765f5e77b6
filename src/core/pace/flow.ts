import { MAX_BATCH_ITEMS } from '../rows/item.ts';
import { createGrowth } from './growth.ts';
import { createOpening } from './opening.ts';
import { parkMs } from './parking.ts';
import { createRateMeter } from './rate-meter.ts';
import { ALARM_SHARE, createThrottleTally, type FlowAnswer, type Hold } from './throttle-tally.ts';
import { createTokenBucket } from './token-bucket.ts';
import { createWindow } from './window.ts';

/**
 * The table's loop of the flow control: how much may be sent now, how much may wait, and whether waiting is worth its price. It
 * goes through three phases. `docs/flow.md` explains them.
 */
export type Flow = {
  readonly phase: Phase;
  /** Units that may be sent at `nowMs`; 0: none before `readyMs`. */
  budget(nowMs: number): number;
  /** When the budget will be more than 0. */
  readyMs(nowMs: number): number;
  sent(units: number): void;
  answered(answer: FlowAnswer, nowMs: number): void;
  /** How long to stay away (`parking.ts`), in milliseconds; 0: not at all. */
  parkMs(remainingUnits: number, nowMs: number): number;
  /** Units that may be read and not settled. */
  readonly windowUnits: number;
  /** Requests that may be in flight. */
  readonly maxInFlight: number;
  /** Units a second; Infinity in the phase `opening`. */
  readonly rate: number;
};

export type Phase =
  /** The table has not held back: more and more requests are in flight. */
  | 'opening'
  /** It has held back for the first time. The rate grows by a quarter each interval until the table does so again. */
  | 'searching'
  /** Its rate is measured: the flow control stays a hundredth above it, and raises the rate when nothing is held back any more. */
  | 'steady';

/** An interval is judged after this time and a batch's units, or after the longest time. */
const INTERVAL_MS = 250;
const LONGEST_INTERVAL_MS = 5000;
const SEARCHING_GROWTH = 0.25;
/** Where less than this share of the rate is sent, something else is the limit. */
const USED_SHARE = 0.9;
/** Below this share, what is held back is not the table's limit, but a key range's. */
const NOTICED_SHARE = 0.003;
/** Above it the table's rate has fallen, and what was known about it is void. */
const FALLEN_SHARE = 0.1;

/** `spread` returns the share of the lanes that have been held back lately. */
export function createFlow(options: {
  maxInFlight: number;
  startMs: number;
  spread: (nowMs: number) => number;
}): Flow {
  const { maxInFlight, startMs, spread } = options;
  let phase: Phase = 'opening';
  let writtenUnits = 0;
  /** When the rate was first measured. */
  let knownAtMs = Infinity;
  const tally = createThrottleTally({ startMs, spread });
  const opening = createOpening({ maxInFlight, startMs, tally, spread });
  const meter = createRateMeter(tally);
  const growth = createGrowth(meter, tally);
  const bucket = createTokenBucket(startMs);
  const window = createWindow();

  return {
    get phase() {
      return phase;
    },
    budget: (nowMs) => bucket.budget(nowMs),
    readyMs: (nowMs) => bucket.readyMs(nowMs),
    sent: (units) => bucket.spend(units),
    answered,
    parkMs: (remainingUnits, nowMs) => parkMs(remainingUnits, bucket.rate, nowMs - knownAtMs),
    get windowUnits() {
      return window.units;
    },
    get maxInFlight() {
      return phase === 'opening' ? opening.requests : maxInFlight;
    },
    get rate() {
      return bucket.rate;
    },
  };

  function answered(answer: FlowAnswer, nowMs: number): void {
    writtenUnits += answer.writtenUnits;
    // Time-outs and errors are no measure of capacity; the lanes rest after them.
    if (answer.reason === 'unavailable') return;
    tally.add(answer, { atMs: nowMs, writtenUnits });
    if (phase === 'opening') open(answer, nowMs);
    const elapsedMs = nowMs - tally.startMs;
    const isDue = elapsedMs >= INTERVAL_MS && tally.units >= Math.min(MAX_BATCH_ITEMS, bucket.rate);
    if (!isDue && elapsedMs < LONGEST_INTERVAL_MS && !tally.isAlarming()) return;
    if (phase === 'opening') window.open();
    else judge(nowMs, elapsedMs);
    tally.next(nowMs);
  }

  function open(answer: FlowAnswer, nowMs: number): void {
    window.written(answer.writtenUnits);
    const firstRate = opening.answered(writtenUnits, nowMs);
    if (firstRate === null) return;
    phase = 'searching';
    bucket.rate = firstRate;
    bucket.empty(nowMs);
  }

  /** Ends an interval: sets the rate by what was held back in it. */
  function judge(nowMs: number, elapsedMs: number): void {
    const { firstHold, lastHold } = tally;
    const isUsed = tally.units >= USED_SHARE * bucket.rate * (elapsedMs / 1000);
    const hasFallen = tally.share() > (isUsed ? FALLEN_SHARE : ALARM_SHARE);
    const isHeldBack = hasFallen || (isUsed && tally.lastingShare() > NOTICED_SHARE);
    if (lastHold !== null && isHeldBack) measure(firstHold!, lastHold, hasFallen, nowMs);
    else if (isUsed) grow(elapsedMs, nowMs);
    window.fit(bucket.rate, isUsed);
  }

  function measure(first: Hold, last: Hold, hasFallen: boolean, nowMs: number): void {
    const { rate, isSure } = meter.measure({ first, last, rate: bucket.rate, hasFallen, nowMs });
    bucket.rate = rate;
    growth.held(nowMs);
    if (!isSure) return;
    phase = 'steady';
    knownAtMs = Math.min(knownAtMs, nowMs);
  }

  function grow(elapsedMs: number, nowMs: number): void {
    if (phase === 'searching') bucket.rate *= 1 + SEARCHING_GROWTH;
    else bucket.rate = growth.grown(bucket.rate, elapsedMs, nowMs);
  }
}

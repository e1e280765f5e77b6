import { MAX_BATCH_ITEMS } from './item.ts';
import type { HoldReason } from './ports.ts';

/** What the answer to one request tells the controller; units by the size of the items. */
export type FlowAnswer = {
  readonly writtenUnits: number;
  readonly heldUnits: number;
  readonly reason: HoldReason | null;
};

/**
 * The table's loop of the flow control: how much may be sent now, and how much may wait. It opens up as long as everything
 * is taken, lowers the whole rate to what was taken when the table holds back, and feels its way up again.
 */
export type Flow = {
  /** Units that may be sent at `nowMs`; 0: none before `readyMs`. */
  budget(nowMs: number): number;
  /** When the budget will be more than 0. */
  readyMs(nowMs: number): number;
  sent(units: number): void;
  answered(answer: FlowAnswer, nowMs: number): void;
  /** Units that may be read and not settled, so that what waits is never more than some seconds of the table. */
  readonly windowUnits: number;
  /** Requests that may be in flight. */
  readonly maxInFlight: number;
  /** Units a second; Infinity as long as the table has not held back. */
  readonly rate: number;
};

/** Judged over this time, or longer until enough was sent to judge. */
const INTERVAL_MS = 1000;
const LONGEST_INTERVAL_MS = 5000;
/** This share may be held back: the rate then stands just above what the table takes, and wastes nothing. */
const TOLERATED_SHARE = 0.02;
/** A first step up is a hundredth; each further one is twice the one before. */
const FIRST_STEP = 0.01;
const LARGEST_STEP = 0.5;
const FIRST_WINDOW_UNITS = 500;
const SMALLEST_WINDOW_UNITS = 100;
/** The window of a table that has shown its rate. */
const WINDOW_SECONDS = 5;
const SLOWEST_RATE = 0.5;

export function createFlow(options: { maxInFlight: number; startMs: number }): Flow {
  let rate = Infinity;
  let tokens = 0;
  let tokensAtMs = options.startMs;
  let windowUnits = FIRST_WINDOW_UNITS;
  let step = FIRST_STEP;
  let interval = emptyInterval(options.startMs);

  return {
    budget,
    readyMs,
    sent: (units) => {
      tokens -= units;
    },
    answered,
    get windowUnits() {
      return windowUnits;
    },
    get maxInFlight() {
      return Math.max(1, Math.min(options.maxInFlight, Math.ceil(windowUnits / MAX_BATCH_ITEMS)));
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

  /** A full batch, or what a tenth of a second brings: small requests cost as much as large ones. */
  function leastSpend(): number {
    return Math.min(MAX_BATCH_ITEMS, Math.max(1, rate / 10));
  }

  /** Unspent tokens are kept for a tenth of a second, or for one batch: sending stays even. */
  function refill(nowMs: number): void {
    const most = Math.max(MAX_BATCH_ITEMS, rate / 10);
    tokens = Math.min(most, tokens + (rate * (nowMs - tokensAtMs)) / 1000);
    tokensAtMs = nowMs;
  }

  function answered(answer: FlowAnswer, nowMs: number): void {
    interval.written += answer.writtenUnits;
    if (answer.reason !== 'key-range') interval.held += answer.heldUnits;
    if (rate === Infinity) windowUnits += answer.writtenUnits;
    const elapsedMs = nowMs - interval.startMs;
    const enough = interval.written + interval.held >= MAX_BATCH_ITEMS || elapsedMs >= LONGEST_INTERVAL_MS;
    if (elapsedMs >= INTERVAL_MS && enough) {
      judge(nowMs, elapsedMs);
      interval = emptyInterval(nowMs);
    }
  }

  function judge(nowMs: number, elapsedMs: number): void {
    const { written, held } = interval;
    const takenRate = Math.max(SLOWEST_RATE, (written / elapsedMs) * 1000);
    const heldShare = held / Math.max(1, written + held);
    if (heldShare > TOLERATED_SHARE) {
      if (rate === Infinity) {
        tokens = 0;
        tokensAtMs = nowMs;
      }
      rate = Math.min(rate, takenRate);
      step = FIRST_STEP;
    } else if (held === 0 && takenRate > 0.9 * rate) {
      rate *= 1 + step;
      step = Math.min(LARGEST_STEP, step * 2);
    }
    if (rate !== Infinity) windowUnits = Math.max(SMALLEST_WINDOW_UNITS, rate * WINDOW_SECONDS);
  }
}

function emptyInterval(startMs: number): { startMs: number; written: number; held: number } {
  return { startMs, written: 0, held: 0 };
}

import { MAX_BATCH_ITEMS } from '../rows/item.ts';
import type { HoldReason } from '../ports.ts';

/** The answer to one request, in write units by the size of the items. */
export type FlowAnswer = {
  readonly writtenUnits: number;
  readonly heldUnits: number;
  /** The part of written and held units together, and of held units alone, from lanes that had not been held back lately. */
  readonly freshUnits: number;
  readonly freshHeldUnits: number;
  /** The part of earlier answers' `freshHeldUnits` from lanes that are held back again now: there the key range is the reason. */
  readonly repeatedUnits: number;
  readonly reason: HoldReason | null;
};

/** A time at which the table held back, because it had no capacity left. What it takes between two of them is its rate. */
export type Hold = { readonly atMs: number; readonly writtenUnits: number };

/** Sums of the answers of one interval, and weighted sums of earlier ones. They distinguish the table's limit from a key range's. */
export type ThrottleTally = {
  /** `hold`: the time, and what was written until then. */
  add(answer: FlowAnswer, hold: Hold): void;
  /**
   * The share that the table as a whole holds back, in the interval. A key range holds back the same lanes again and again, the
   * table any lane; so lanes that were not held back lately are the sample.
   */
  share(): number;
  /** The same over about a second, if the interval is too small a sample. */
  lastingShare(): number;
  /** An answer of about the last second names the table's own limit. */
  readonly namesTable: boolean;
  /** Much is held back, and for long enough: the interval should end now. */
  isAlarming(): boolean;
  next(startMs: number): void;
  readonly startMs: number;
  /** Units sent and answered in the interval, and those of them that were written. */
  readonly units: number;
  readonly writtenUnits: number;
  readonly firstHold: Hold | null;
  readonly lastHold: Hold | null;
};

/** An alarm: this share of at least so many units, for as long as this. */
export const ALARM_SHARE = 0.12;
const ALARM_UNITS = MAX_BATCH_ITEMS;
export const ALARM_MS = 50;
const LARGE_UNITS = 5000;
/** Weight of the earlier sums in the next interval. */
const KEPT = 0.8;
/** The least share of fresh units that is a sample. */
const SAMPLE_SHARE = 0.5;
/** More lanes than this share cannot be a key range's. */
const WIDE_SPREAD = 0.25;
const TABLE_REASONS: ReadonlySet<HoldReason | null> = new Set<HoldReason | null>([
  'table-capacity',
  'index-capacity',
  'account-limit',
  'on-demand-limit',
]);

/** `spread` returns the share of the lanes that have been held back lately. */
export function createThrottleTally(options: {
  startMs: number;
  spread: (nowMs: number) => number;
}): ThrottleTally {
  let startMs = options.startMs;
  let now = emptySums();
  let lasting = emptySums();
  let firstHold: Hold | null = null;
  let lastHold: Hold | null = null;

  return {
    add,
    share: () => shareOf(now),
    lastingShare: () => shareOf(now.units >= LARGE_UNITS ? now : lasting),
    get namesTable() {
      return lasting.namedTable > 0;
    },
    isAlarming,
    next,
    get startMs() {
      return startMs;
    },
    get units() {
      return now.units;
    },
    get writtenUnits() {
      return now.units - now.held;
    },
    get firstHold() {
      return firstHold;
    },
    get lastHold() {
      return lastHold;
    },
  };

  function add(answer: FlowAnswer, hold: Hold): void {
    addTo(now, answer);
    addTo(lasting, answer);
    if (answer.heldUnits === 0) return;
    firstHold ??= hold;
    lastHold = hold;
  }

  function shareOf(sums: Sums): number {
    const heldShare = sums.held / Math.max(1, sums.units);
    if (isWide()) return heldShare;
    if (sums.fresh >= SAMPLE_SHARE * sums.units) return sums.freshHeld / Math.max(1, sums.fresh);
    // Most of the traffic comes from a few lanes that are held back again and again: a key range, unless a reason names the table.
    return lasting.namedTable > 0 ? heldShare : 0;
  }

  function isWide(): boolean {
    return lastHold !== null && options.spread(lastHold.atMs) > WIDE_SPREAD;
  }

  function isAlarming(): boolean {
    if (firstHold === null || now.held < ALARM_UNITS || lastHold!.atMs - firstHold.atMs < ALARM_MS)
      return false;
    return shareOf(now) > ALARM_SHARE;
  }

  function next(nextStartMs: number): void {
    startMs = nextStartMs;
    now = emptySums();
    for (const name of Object.keys(lasting) as (keyof Sums)[]) {
      lasting[name] *= KEPT;
      if (lasting[name] < 0.01) lasting[name] = 0;
    }
    firstHold = null;
    lastHold = null;
  }
}

type Sums = {
  units: number;
  held: number;
  fresh: number;
  freshHeld: number;
  /** Held back with a reason that names the table. */
  namedTable: number;
};

function emptySums(): Sums {
  return { units: 0, held: 0, fresh: 0, freshHeld: 0, namedTable: 0 };
}

function addTo(sums: Sums, answer: FlowAnswer): void {
  const { heldUnits, reason } = answer;
  sums.units += answer.writtenUnits + heldUnits;
  sums.held += heldUnits;
  sums.fresh += answer.freshUnits;
  sums.freshHeld = Math.max(0, sums.freshHeld + answer.freshHeldUnits - answer.repeatedUnits);
  if (TABLE_REASONS.has(reason)) sums.namedTable += heldUnits;
}

import { MAX_BATCH_ITEMS } from '../rows/item.ts';
import { NONE } from './item-slots.ts';
import { createLaneHeap } from './lane-heap.ts';
import { createLaneQueue } from './lane-queue.ts';

const FREE = 0;
const BUSY = 1;
const RESTING = 2;

/** Which lanes may be taken from: those with items that are neither in flight nor resting, full ones first, then those whose first item is the oldest. */
export function createLaneStates(options: {
  laneCount: number;
  /** The number of items that wait in each lane. */
  counts: Int32Array;
  /** The age of the first item of a lane that has items. */
  headAge: (lane: number) => number;
}) {
  const { laneCount, counts, headAge } = options;
  const states = new Uint8Array(laneCount);
  const restUntil = new Float64Array(laneCount);
  const resting = new Set<number>();
  const full = createLaneQueue(laneCount);
  const partly = createLaneHeap(laneCount);
  return { enlist, next, nextPartly, setBusy, free, wake, nextFreeMs };

  /** Queues a free lane with items for `next`. A lane can be in both queues: the second time it is found busy or empty. */
  function enlist(lane: number): void {
    if (states[lane] !== FREE || counts[lane] === 0) return;
    if (counts[lane]! >= MAX_BATCH_ITEMS) full.push(lane);
    partly.push(lane, headAge(lane));
  }

  function next(partial: boolean): number {
    for (let lane = full.shift(); lane !== NONE; lane = full.shift()) {
      if (states[lane] === FREE && counts[lane]! > 0) return lane;
    }
    return nextPartly(partial);
  }

  function nextPartly(partial: boolean): number {
    if (!partial) return NONE;
    for (let lane = partly.pop(); lane !== NONE; lane = partly.pop()) {
      if (states[lane] === FREE && counts[lane]! > 0) return lane;
    }
    return NONE;
  }

  function setBusy(lane: number): void {
    states[lane] = BUSY;
  }

  /** The lane rests until that time; 0: it is free at once. */
  function free(lane: number, untilMs: number): void {
    if (untilMs > 0) {
      states[lane] = RESTING;
      restUntil[lane] = untilMs;
      resting.add(lane);
      return;
    }
    states[lane] = FREE;
    enlist(lane);
  }

  function wake(nowMs: number): void {
    if (resting.size === 0) return;
    for (const lane of resting) {
      if (restUntil[lane]! > nowMs) continue;
      resting.delete(lane);
      free(lane, 0);
    }
  }

  function nextFreeMs(): number {
    let first = Infinity;
    for (const lane of resting) first = Math.min(first, restUntil[lane]!);
    return first;
  }
}

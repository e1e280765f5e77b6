import type { Clock } from '../src/core/ports.ts';
import { seededRandom } from './random.ts';

/** Time that passes only when all code waits for it, so that a week of sleep takes no real time. */
export type VirtualClock = Clock & {
  /** Lets time pass until the promise settles. Rejects if all code waits, and none of it for time. */
  run<T>(promise: Promise<T>): Promise<T>;
};

type Sleeper = { readonly atMs: number; readonly order: number; readonly wake: () => void };

export function virtualClock(options: { seed: number; startMs?: number }): VirtualClock {
  const startMs = options.startMs ?? Date.UTC(2026, 0, 1);
  let nowMs = startMs;
  let order = 0;
  const sleepers: Sleeper[] = [];
  const random = seededRandom(options.seed);

  return { now: () => nowMs, monotonic: () => nowMs - startMs, random, sleep, run };

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper: Sleeper = { atMs: nowMs + Math.max(0, ms), order: order++, wake };
      insert(sleeper);
      signal?.addEventListener('abort', abort, { once: true });

      function wake(): void {
        signal?.removeEventListener('abort', abort);
        resolve();
      }

      function abort(): void {
        const index = sleepers.indexOf(sleeper);
        if (index >= 0) sleepers.splice(index, 1);
        resolve();
      }
    });
  }

  /** Kept in descending order, so that the next to wake is the last. */
  function insert(sleeper: Sleeper): void {
    let low = 0;
    let high = sleepers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = sleepers[middle]!;
      if (other.atMs > sleeper.atMs || (other.atMs === sleeper.atMs && other.order > sleeper.order))
        low = middle + 1;
      else high = middle;
    }
    sleepers.splice(low, 0, sleeper);
  }

  async function run<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    promise.then(settle, settle);
    for (;;) {
      await microtasks();
      if (isSettled) return promise;
      const sleeper = sleepers.pop();
      if (sleeper === undefined)
        throw new Error('All code waits, and none of it for time: the simulated world cannot continue.');
      nowMs = sleeper.atMs;
      sleeper.wake();
    }

    function settle(): void {
      isSettled = true;
    }
  }
}

/** Resolves when no code can continue without time passing. */
function microtasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

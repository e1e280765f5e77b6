import type { Clock } from '../../src/core/ports.ts';

/** Time that passes only when a test says so, beside sockets that are real. */
export type ManualClock = Clock & {
  /** Wakes the sleepers whose time has come. */
  advance(ms: number): void;
  /** Sets the wall clock: back where it is negative. Nobody wakes for that. */
  step(ms: number): void;
};

export function manualClock(startMs: number): ManualClock {
  let nowMs = startMs;
  let stepMs = 0;
  const sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();

  return {
    now: () => nowMs + stepMs,
    monotonic: () => nowMs - startMs,
    random: () => 0.5,
    sleep,
    advance,
    step: (ms) => void (stepMs += ms),
  };

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true || ms <= 0) {
        resolve();
        return;
      }
      const sleeper = { atMs: nowMs + ms, wake };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });

      function wake(): void {
        sleepers.delete(sleeper);
        resolve();
      }
    });
  }

  function advance(ms: number): void {
    nowMs += ms;
    for (const { atMs, wake } of sleepers) if (atMs <= nowMs) wake();
  }
}

import type { Clock } from '../../core/ports.ts';

/**
 * Wall-clock time for leases, which outlives steps of the wall clock and pauses of the monotonic one. Counted from the moment it
 * is made, which is when a lease is claimed: nothing of it may be kept from one invocation to the next.
 */
export type LeaseClock = {
  /** By whichever clock is ahead: by this time a lease of our own ends. */
  latestMs(): number;
  /** The time by the clock that is behind: another loader's lease has ended only if it ended before this time. */
  earliestMs(): number;
};

/**
 * A wall clock that is set back shows a lease that ended as one that lasts. The monotonic clock is never set, but on Linux it
 * stands still while the machine is suspended ("clock_gettime(2)": CLOCK_MONOTONIC does not count that time).
 */
export function createLeaseClock(clock: Clock): LeaseClock {
  const startMs = clock.now();
  const startedMs = clock.monotonic();

  return {
    latestMs: () => Math.max(clock.now(), steadyMs()),
    earliestMs: () => Math.min(clock.now(), steadyMs()),
  };

  function steadyMs(): number {
    return startMs + (clock.monotonic() - startedMs);
  }
}

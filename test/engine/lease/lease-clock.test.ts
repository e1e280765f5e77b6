import { expect, test } from 'vitest';
import type { Clock } from '../../../src/core/ports.ts';
import { createLeaseClock } from '../../../src/engine/lease/lease-clock.ts';

const START_MS = Date.UTC(2026, 0, 1);

/** In seconds since the start: what each clock has gone on by, and what time it is then at the latest and at the earliest. */
test.each([
  { what: 'both go on', wall: 10, monotonic: 10, latest: 10, earliest: 10 },
  { what: 'the wall clock is set back', wall: -110, monotonic: 10, latest: 10, earliest: -110 },
  { what: 'the wall clock is set forward', wall: 130, monotonic: 10, latest: 130, earliest: 10 },
  { what: 'the machine is suspended', wall: 90, monotonic: 10, latest: 90, earliest: 10 },
])('goes by the clock that is ahead, or behind, where $what', ({ wall, monotonic, latest, earliest }) => {
  let wallMs = START_MS;
  let monotonicMs = 5000;
  const clock: Clock = {
    now: () => wallMs,
    monotonic: () => monotonicMs,
    random: () => 0,
    sleep: async () => undefined,
  };
  const lease = createLeaseClock(clock);
  wallMs += wall * 1000;
  monotonicMs += monotonic * 1000;
  expect(lease.latestMs()).toBe(START_MS + latest * 1000);
  expect(lease.earliestMs()).toBe(START_MS + earliest * 1000);
});

import { beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/core/ports.ts';

/** A clock, and what makes its time pass until the promise settles. */
export type OpenClock = () => { clock: Clock; run: <T>(promise: Promise<T>) => Promise<T> };

const hour = 3_600_000;

/** The Clock's contract, for any that `open` gives. */
export function describeClock(name: string, open: OpenClock): void {
  describe(`the clock of ${name}`, () => {
    let clock: Clock;
    let run: ReturnType<OpenClock>['run'];
    beforeEach(() => {
      ({ clock, run } = open());
    });

    test('sleeps as long as it says itself', async () => {
      const before = clock.now();
      await run(clock.sleep(20));
      // Node's timers round, and may wake a millisecond early.
      expect(clock.now() - before).toBeGreaterThanOrEqual(19);
    });

    test('counts a sleep on its monotonic clock, as long as on the wall clock if it is not set', async () => {
      const before = { wall: clock.now(), monotonic: clock.monotonic() };
      await run(clock.sleep(30));
      const sleptMs = clock.monotonic() - before.monotonic;
      expect(sleptMs).toBeGreaterThanOrEqual(29);
      expect(Math.abs(sleptMs - (clock.now() - before.wall))).toBeLessThan(20);
    });

    test('never goes back on its monotonic clock', async () => {
      const seen: number[] = [];
      for (let round = 0; round < 5; round++) {
        seen.push(clock.monotonic());
        await run(clock.sleep(1));
      }
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect(seen.at(-1)).toBeGreaterThan(seen[0]!);
    });

    test('wakes the shorter sleeper first', async () => {
      const woken: string[] = [];
      const long = clock.sleep(30).then(() => woken.push('long'));
      const short = clock.sleep(1).then(() => woken.push('short'));
      await run(Promise.all([long, short]));
      expect(woken).toEqual(['short', 'long']);
    });

    test.each([0, -5])('resolves a sleep of %i ms', async (ms) => {
      await expect(run(clock.sleep(ms))).resolves.toBeUndefined();
    });

    test('wakes at once, without an error, when the signal aborts', async () => {
      const before = clock.now();
      const controller = new AbortController();
      const asleep = clock.sleep(hour, controller.signal);
      controller.abort();
      await asleep;
      await clock.sleep(hour, controller.signal);
      expect(clock.now() - before).toBeLessThan(hour);
    });

    test('takes no notice of a signal that aborts after it woke', async () => {
      const controller = new AbortController();
      await run(clock.sleep(1, controller.signal));
      controller.abort();
      await expect(run(clock.sleep(1))).resolves.toBeUndefined();
    });

    test('draws numbers from 0 up to 1, not all the same', () => {
      const drawn = Array.from({ length: 1000 }, () => clock.random());
      expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true);
      expect(new Set(drawn).size).toBeGreaterThan(900);
    });
  });
}

import type { Clock } from '../../core/ports.ts';

/** Lets one loop sleep until it is notified. A notification outside of a wait ends the next wait at once. */
export type Signal = {
  notify(): void;
  /** Resolves with the next notice, or after `ms` at the latest; now and then sooner. */
  wait(ms: number): Promise<void>;
  /** Ends the timer that the last wait may have left. */
  close(): void;
};

export function createSignal(clock: Clock): Signal {
  let noticed = false;
  let wake: (() => void) | null = null;
  let timer: { readonly dueMs: number; readonly abort: AbortController } | null = null;

  return { notify, wait, close: () => timer?.abort.abort() };

  function notify(): void {
    noticed = true;
    wake?.();
  }

  async function wait(ms: number): Promise<void> {
    if (!noticed && ms > 0) {
      setTimer(clock.monotonic() + ms);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      wake = null;
    }
    noticed = false;
  }

  /** A timer that is due sooner will do: it wakes the loop, which looks again. Setting one for each wait costs more than that. */
  function setTimer(dueMs: number): void {
    if (dueMs === Infinity || (timer !== null && timer.dueMs <= dueMs)) return;
    timer?.abort.abort();
    timer = { dueMs, abort: new AbortController() };
    void ring(timer);
  }

  async function ring(own: NonNullable<typeof timer>): Promise<void> {
    await clock.sleep(own.dueMs - clock.monotonic(), own.abort.signal);
    if (timer !== own) return;
    timer = null;
    notify();
  }
}

import type { Clock } from '../core/ports.ts';

/** Lets one loop sleep until somebody has news for it. A notice given while nobody waits is kept for the next wait. */
export type Signal = {
  notify(): void;
  /** Resolves with the next notice, or after `ms`. */
  wait(ms: number): Promise<void>;
};

export function createSignal(clock: Clock): Signal {
  let noticed = false;
  let wake: (() => void) | null = null;

  return {
    notify() {
      noticed = true;
      wake?.();
    },
    async wait(ms) {
      if (!noticed && ms > 0) {
        const timer = new AbortController();
        const notice = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await (ms === Infinity ? notice : Promise.race([notice, clock.sleep(ms, timer.signal)]));
        wake = null;
        timer.abort();
      }
      noticed = false;
    },
  };
}

import type { Clock } from '../core/ports.ts';

/** Node's timers take at most this many milliseconds (about 24 days); what is longer they would call at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Real time and real chance. A sleep lasts at most 24 days. */
export function wallClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep,
    random: () => Math.random(),
  };
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const timer = setTimeout(wake, Math.min(ms, MAX_TIMER_MS));
    signal?.addEventListener('abort', wake, { once: true });

    function wake(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      resolve();
    }
  });
}

import type { Clock } from '../../core/ports.ts';
import type { Progress } from '../../engine/loading/progress.ts';

/** What this process has settled, and the time in which it did: waiting for a lease is no part of it. */
export type Run = { readonly rows: number; readonly ms: number };

export type LoadMeter = {
  update(progress: Progress): void;
  /** Until the next update nothing is loaded. */
  pause(): void;
  readonly run: Run;
};

export function loadMeter(clock: Clock): LoadMeter {
  let before: Run = { rows: 0, ms: 0 };
  let start: { readonly rows: number; readonly atMs: number } | null = null;
  let run = before;
  return {
    update({ rowsSettled }) {
      start ??= { rows: rowsSettled, atMs: clock.monotonic() };
      run = { rows: before.rows + rowsSettled - start.rows, ms: before.ms + clock.monotonic() - start.atMs };
    },
    pause() {
      before = run;
      start = null;
    },
    get run() {
      return run;
    },
  };
}

import type { Clock } from '../../src/core/ports.ts';
import { chance as createChance } from './chance.ts';
import type { FunctionProcess } from './function-process.ts';
import type { Life } from './life.ts';
import type { Plan } from './plan.ts';

/** A process that an invocation runs in. `bootMs`: its monotonic clock as the invocation begins; null: of a new process. */
export type Running = { readonly process: FunctionProcess; readonly bootMs: number | null };

/** The processes of the function: an invocation takes one that is idle, or a new one. */
export type ProcessPool = {
  take(): Running;
  /** The invocation has returned: Lambda freezes the process. */
  giveBack(running: Running, life: Life): void;
};

type Idle = { readonly process: FunctionProcess; readonly sinceMs: number; readonly monotonicMs: number };

/** Mixed into the seed. */
const PROCESS_STREAM = 0x0009_0c55;

export function processPool(options: {
  clock: Clock;
  plan: Plan;
  start: () => FunctionProcess;
}): ProcessPool {
  const { clock, plan, start } = options;
  const chance = createChance(plan.seed ^ PROCESS_STREAM);
  let idle: Idle[] = [];

  return {
    take() {
      if (plan.processes === null) return { process: start(), bootMs: null };
      const { reusedShare, keepMs, clockStops } = plan.processes;
      idle = idle.filter(({ sinceMs }) => clock.now() - sinceMs < keepMs);
      const isReused = chance.happens(reusedShare);
      const last = isReused ? idle.pop() : undefined;
      if (last === undefined) return { process: start(), bootMs: null };
      const frozenMs = clockStops ? 0 : clock.now() - last.sinceMs;
      return { process: last.process, bootMs: last.monotonicMs + frozenMs };
    },

    giveBack({ process }, life) {
      if (plan.processes === null || life.isDead) return;
      idle.push({ process, sinceMs: clock.now(), monotonicMs: life.clock.monotonic() });
    },
  };
}

import { SWEEP_EVENT } from '../src/lambda/invocation.ts';
import type { FunctionHost } from './function/function-host.ts';

/** Invokes the function with the schedule's event, as EventBridge Scheduler does. Skips a turn while the last invocation still runs. */
export function startSchedule(host: FunctionHost, everyMs: number): { stop(): void } {
  let isRunning = false;
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    void host.invoke(SWEEP_EVENT).finally(() => (isRunning = false));
  }, everyMs);
  return { stop: () => clearInterval(timer) };
}

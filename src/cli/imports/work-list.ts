import type { Clock, Queue } from '../../core/ports.ts';
import type { WorkMessage } from '../../core/imports/work.ts';

/** A queue inside one process: `next` returns each message when its time has come. */
export type WorkList = Queue & {
  /** null: no message is left, or `stop` is aborted. */
  next(stop: AbortSignal): Promise<WorkMessage | null>;
};

export function workList(clock: Clock): WorkList {
  const entries: { message: WorkMessage; dueMs: number }[] = [];
  return {
    async send(message, delayMs) {
      entries.push({ message, dueMs: clock.monotonic() + delayMs });
    },
    hide: async () => undefined,
    waiting: async () => entries.filter(({ dueMs }) => dueMs <= clock.now()).length,
    async next(stop) {
      entries.sort((a, b) => a.dueMs - b.dueMs);
      const entry = entries.shift();
      if (entry === undefined) return null;
      await clock.sleep(Math.max(0, entry.dueMs - clock.monotonic()), stop);
      return stop.aborted ? null : entry.message;
    },
  };
}

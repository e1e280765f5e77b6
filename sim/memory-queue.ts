import type { Queue } from '../src/core/ports.ts';
import type { WorkMessage } from '../src/core/imports/work.ts';

/** Messages in the order in which they were sent; delays and visibility timeouts are recorded, but not applied. */
export type MemoryQueue = Queue & { readonly messages: (WorkMessage & { delayMs: number })[] };

export function memoryQueue(): MemoryQueue {
  const messages: MemoryQueue['messages'] = [];
  return {
    messages,
    async send(message, delayMs) {
      messages.push({ ...message, delayMs });
    },
    hide: async () => undefined,
    waiting: async () => messages.filter(({ delayMs }) => delayMs === 0).length,
  };
}

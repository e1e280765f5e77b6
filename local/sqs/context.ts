import { refusal } from '../endpoint/refusal.ts';
import type { Queue } from './queue.ts';
import type { QueueStore } from './queue-store.ts';
import { type Receiver, createReceiver } from './receiver.ts';

/** What all actions work on. */
export type SqsContext = {
  readonly store: QueueStore;
  readonly receiver: Receiver;
  readonly now: () => number;
  readonly arnOf: (name: string) => string;
  readonly urlOf: (queue: Queue) => string;
  /** Both throw `QueueDoesNotExist`. */
  readonly byName: (name: string) => Queue;
  readonly byUrl: (url: string) => Queue;
};

export const accountId = '000000000000';

export function createSqsContext(options: {
  store: QueueStore;
  url: string;
  region: string;
  now: () => number;
}): SqsContext {
  const { store, now } = options;
  const arnOf = (name: string): string => `arn:aws:sqs:${options.region}:${accountId}:${name}`;
  const byName = (name: string): Queue => {
    const queue = store.queues.get(name);
    if (queue) return queue;
    throw refusal(400, 'QueueDoesNotExist', 'The specified queue does not exist.');
  };
  return {
    store,
    receiver: createReceiver({ store, arnOf, now }),
    now,
    arnOf,
    urlOf: ({ state }) => `${options.url}/${accountId}/${state.name}`,
    byName,
    // By the last part: the URL stays good when the stack comes back on another port.
    byUrl: (url) => byName(url.slice(url.lastIndexOf('/') + 1)),
  };
}

import { redriveOf } from './attributes.ts';
import type { Message, Queue } from './queue.ts';
import type { QueueStore } from './queue-store.ts';

/** Receives from queues (also by long polling), and moves messages that were received too often to the dead-letter queue. */
export type Receiver = {
  /** Returns the messages that arrive before the wait is over, the signal aborts or the receiver ends. */
  receive(
    queue: Queue,
    terms: { limit: number; visibilitySeconds: number | undefined; waitMs: number; signal: AbortSignal },
  ): Promise<Message[]>;
  /** To be called when messages may have become visible. */
  wake(): void;
  /** Ends every wait, now and later. */
  end(): void;
};

/** For how long a dead letter is hidden in its old queue while it is written to the new one. */
const burialSeconds = 30;

export function createReceiver(options: {
  store: QueueStore;
  arnOf: (name: string) => string;
  now: () => number;
}): Receiver {
  const { store, arnOf, now } = options;
  const waiting = new Set<() => void>();
  let hasEnded = false;

  const wake = (): void => {
    for (const resume of waiting) resume();
  };

  /** Resolves after that time, at `wake`, or when the signal aborts. */
  const change = (timeoutMs: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const resume = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', resume);
        waiting.delete(resume);
        resolve();
      };
      const timer = setTimeout(resume, timeoutMs);
      signal.addEventListener('abort', resume);
      waiting.add(resume);
    });

  /** First into the dead-letter queue, then out of this one: a crash between leaves a message twice, never nowhere. */
  const bury = async (queue: Queue, deadLetters: Queue, dead: readonly Message[]): Promise<void> => {
    for (const message of dead) {
      queue.hide(message, burialSeconds);
      deadLetters.bury(message, arnOf(queue.state.name));
    }
    await store.save(deadLetters);
    queue.remove(dead);
    wake();
  };

  /** What can be had at once. */
  const take = async (queue: Queue, limit: number, visibilitySeconds: number | undefined) => {
    const redrive = redriveOf(queue.state.attributes);
    const deadLetters = [...store.queues.values()].find(
      ({ state }) => arnOf(state.name) === redrive?.deadLetterQueueArn,
    );
    const maxReceiveCount = redrive && deadLetters ? redrive.maxReceiveCount : Infinity;
    const { messages, dead } = queue.receive({ limit, visibilitySeconds, maxReceiveCount });
    if (deadLetters && dead.length > 0) await bury(queue, deadLetters, dead);
    if (messages.length > 0 || dead.length > 0) await store.save(queue);
    return messages;
  };

  return {
    async receive(queue, { limit, visibilitySeconds, waitMs, signal }) {
      const deadlineMs = now() + waitMs;
      while (!signal.aborted) {
        const messages = await take(queue, limit, visibilitySeconds);
        const leftMs = deadlineMs - now();
        if (messages.length > 0 || leftMs <= 0 || hasEnded) return messages;
        const nextMs = queue.nextVisibleAtMs();
        await change(nextMs === null ? leftMs : Math.min(leftMs, nextMs - now()), signal);
      }
      return [];
    },
    wake,
    end() {
      hasEnded = true;
      wake();
    },
  };
}

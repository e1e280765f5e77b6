import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type QueueAttributes, numberOf } from './attributes.ts';

/** A message as it is stored: times in milliseconds since the epoch. */
export type Message = {
  readonly id: string;
  readonly body: string;
  readonly sentAtMs: number;
  /** Where it came from, if it is a dead letter. */
  readonly deadLetterSourceArn?: string | undefined;
  visibleAtMs: number;
  receiveCount: number;
  firstReceivedAtMs: number;
  /** The receipt of its latest delivery. */
  receipt: string | null;
};

export type QueueState = {
  readonly name: string;
  readonly createdAtMs: number;
  modifiedAtMs: number;
  attributes: QueueAttributes;
  messages: Message[];
};

/** One standard queue: which messages are visible when. Changes are in memory; the caller stores them. */
export type Queue = {
  readonly state: QueueState;
  /** Without a delay of its own a message has the queue's. Answers its id and the MD5 of its body in hex. */
  send(body: string, delaySeconds: number | undefined): { id: string; md5: string };
  /** Takes over a message from the queue that this is the dead-letter queue of. */
  bury(message: Message, sourceArn: string): void;
  /**
   * Returns and hides up to `limit` visible messages. A message that was received `maxReceiveCount` times before
   * is returned in `dead` instead. It stays in the queue, visible, until the caller moves it.
   */
  receive(terms: {
    limit: number;
    /** Without it, the queue's. */
    visibilitySeconds: number | undefined;
    maxReceiveCount: number;
  }): { messages: Message[]; dead: Message[] };
  remove(messages: readonly Message[]): void;
  /** By a delivery's receipt; null if the message was deleted or delivered anew since. */
  find(receipt: string): Message | null;
  hide(message: Message, seconds: number): void;
  counts(): { visible: number; inFlight: number; delayed: number };
  /** When the next hidden message can be seen; null if none is hidden. */
  nextVisibleAtMs(): number | null;
};

export function createQueue(state: QueueState, now: () => number): Queue {
  /** SQS deletes messages at the end of the retention period. */
  const dropExpired = (): void => {
    const oldestMs = now() - numberOf(state.attributes, 'MessageRetentionPeriod') * 1000;
    if (state.messages.some(({ sentAtMs }) => sentAtMs < oldestMs)) {
      state.messages = state.messages.filter(({ sentAtMs }) => sentAtMs >= oldestMs);
    }
  };

  return {
    state,
    send(body, delaySeconds = numberOf(state.attributes, 'DelaySeconds')) {
      const id = randomUUID();
      const sentAtMs = now();
      state.messages.push({ ...fresh, id, body, sentAtMs, visibleAtMs: sentAtMs + delaySeconds * 1000 });
      return { id, md5: md5(body) };
    },
    bury({ id, body, sentAtMs }, deadLetterSourceArn) {
      state.messages.push({ ...fresh, id, body, sentAtMs, deadLetterSourceArn, visibleAtMs: now() });
    },
    receive({ limit, visibilitySeconds, maxReceiveCount }) {
      dropExpired();
      const hiddenForMs = (visibilitySeconds ?? numberOf(state.attributes, 'VisibilityTimeout')) * 1000;
      const messages: Message[] = [];
      const dead: Message[] = [];
      for (const message of state.messages) {
        if (messages.length === limit) break;
        if (message.visibleAtMs > now()) continue;
        if (message.receiveCount >= maxReceiveCount) {
          dead.push(message);
          continue;
        }
        message.receiveCount += 1;
        message.firstReceivedAtMs ||= now();
        message.visibleAtMs = now() + hiddenForMs;
        message.receipt = `${message.id}.${randomBytes(16).toString('hex')}`;
        messages.push(message);
      }
      return { messages, dead };
    },
    remove(messages) {
      state.messages = state.messages.filter((message) => !messages.includes(message));
    },
    find: (receipt) => state.messages.find((message) => message.receipt === receipt) ?? null,
    hide(message, seconds) {
      message.visibleAtMs = now() + seconds * 1000;
    },
    counts() {
      dropExpired();
      const hidden = state.messages.filter(({ visibleAtMs }) => visibleAtMs > now());
      const inFlight = hidden.filter(({ receiveCount }) => receiveCount > 0).length;
      return {
        visible: state.messages.length - hidden.length,
        inFlight,
        delayed: hidden.length - inFlight,
      };
    },
    nextVisibleAtMs() {
      let nextMs: number | null = null;
      for (const { visibleAtMs } of state.messages) {
        if (visibleAtMs > now() && (nextMs === null || visibleAtMs < nextMs)) nextMs = visibleAtMs;
      }
      return nextMs;
    },
  };
}

const fresh = { receiveCount: 0, firstReceivedAtMs: 0, receipt: null };

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

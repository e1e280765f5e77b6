import type { Clock } from '../../src/core/ports.ts';
import type { Chance } from './chance.ts';

/** A message as a consumer receives it. */
export type Received = {
  readonly id: string;
  readonly body: string;
  readonly receipt: string;
  readonly receives: number;
};

/** SQS: at least once, in no order, with visibility, delays and dead letters. */
export type WorkQueue = {
  send(body: string, delayMs: number): void;
  /** A visible message, if there is one; it is then hidden. */
  receive(): Received | null;
  /** "DeleteMessage" (Amazon SQS API Reference): a receipt that is not the latest may or may not delete the message. */
  delete(receipt: string): void;
  /** An old receipt is assumed to work in the same way here. */
  hide(receipt: string, forMs: number): void;
  /** The next time at which a message is visible; Infinity: there is none. */
  readonly nextMs: number;
  readonly size: number;
  /** The number of visible messages. */
  readonly waiting: number;
  readonly bodies: readonly string[];
  /** Deletes all messages, as a person may. */
  purge(): void;
};

type Message = {
  readonly id: string;
  readonly body: string;
  visibleMs: number;
  receives: number;
  /** The receipts of all deliveries. */
  readonly receipts: string[];
};

export function workQueue(options: {
  clock: Clock;
  chance: Chance;
  visibilityMs: number;
  maxReceives: number;
  /** Share of the messages that are delivered twice. */
  duplicates: () => number;
  /** Called for messages that were received too often. */
  onDead: (body: string) => void;
  say: (text: string) => void;
}): WorkQueue {
  const { clock, chance, visibilityMs, maxReceives, say } = options;
  const messages: Message[] = [];
  let sent = 0;
  let received = 0;

  return {
    send,
    receive,
    hide: (receipt, forMs) => {
      const message = byReceipt(receipt);
      if (message !== undefined) message.visibleMs = clock.now() + forMs;
    },
    delete: (receipt) => {
      const message = byReceipt(receipt);
      if (message !== undefined) messages.splice(messages.indexOf(message), 1);
    },
    get nextMs() {
      return messages.reduce((least, { visibleMs }) => Math.min(least, visibleMs), Infinity);
    },
    get size() {
      return messages.length;
    },
    get waiting() {
      return messages.filter(({ visibleMs }) => visibleMs <= clock.now()).length;
    },
    get bodies() {
      return messages.map(({ body }) => body);
    },
    purge: () => void messages.splice(0),
  };

  function byReceipt(receipt: string): Message | undefined {
    const message = messages.find(({ receipts }) => receipts.includes(receipt));
    return message?.receipts.at(-1) === receipt || chance.happens(0.5) ? message : undefined;
  }

  function send(body: string, delayMs: number): void {
    const id = `m${++sent}`;
    const visibleMs = clock.now() + delayMs;
    messages.push({ id, body, visibleMs, receives: 0, receipts: [] });
    if (!chance.happens(options.duplicates())) return;
    const laterMs = chance.magnitude(10, 1_800_000);
    say(`${id} ${body} will come twice`);
    messages.push({ id, body, visibleMs: visibleMs + laterMs, receives: 0, receipts: [] });
  }

  function receive(): Received | null {
    const now = clock.now();
    for (;;) {
      const visible = messages.filter(({ visibleMs }) => visibleMs <= now);
      if (visible.length === 0) return null;
      const message = chance.pick(visible);
      if (message.receives >= maxReceives) {
        messages.splice(messages.indexOf(message), 1);
        options.onDead(message.body);
        say(`${message.id} ${message.body} was received ${message.receives} times: a dead letter`);
        continue;
      }
      message.receives++;
      message.visibleMs = now + visibilityMs;
      const receipt = `r${++received}`;
      message.receipts.push(receipt);
      return { id: message.id, body: message.body, receipt, receives: message.receives };
    }
  }
}

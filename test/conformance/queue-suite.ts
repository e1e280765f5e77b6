import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Queue } from '../../src/core/ports.ts';
import type { WorkMessage } from '../../src/core/imports/work.ts';

/** An empty queue, with what its consumer does. */
export type OpenQueue = () => Promise<{
  queue: Queue;
  /** Takes a message that can be seen now, and hides it for a while; null if there is none. */
  receive: () => Promise<{ message: WorkMessage; receipt: string } | null>;
  remove: (receipt: string) => Promise<void>;
  close: () => Promise<void>;
}>;

const message: WorkMessage = { importId: '0123456789abcdef0123', chunk: 3, epoch: 7 };

/** The Queue's contract, for any that `open` gives. */
export function describeQueue(name: string, open: OpenQueue): void {
  describe(`the queue in ${name}`, () => {
    let opened: Awaited<ReturnType<OpenQueue>>;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened?.close());

    test('delivers a message as it was sent', async () => {
      await opened.queue.send(message, 0);
      expect((await opened.receive())?.message).toEqual(message);
    });

    test('delivers every message, in whatever order', async () => {
      for (let chunk = 0; chunk < 5; chunk++) await opened.queue.send({ ...message, chunk }, 0);
      const chunks: number[] = [];
      for (let next = await opened.receive(); next !== null; next = await opened.receive()) {
        chunks.push(next.message.chunk);
        await opened.remove(next.receipt);
      }
      expect(chunks.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
    });

    test.each([
      ['whole seconds', 60_000],
      ['less than a second', 400],
      ['fractions of a millisecond', 899_999.5],
      ['the most', 900_000],
      ['more than the most', 10 ** 9],
    ])('keeps a delayed message back: %s', async (_, delayMs) => {
      await opened.queue.send(message, delayMs);
      expect(await opened.receive()).toBeNull();
    });

    test('delivers a message at once that is hidden for no time any more', async () => {
      const receipt = await received();
      expect(await opened.receive()).toBeNull();
      await opened.queue.hide(receipt, 0);
      expect((await opened.receive())?.message).toEqual(message);
    });

    test.each([400, 60_000])('hides a message for %i ms more', async (forMs) => {
      const receipt = await received();
      await opened.queue.hide(receipt, forMs);
      expect(await opened.receive()).toBeNull();
    });

    test('knows how many messages wait: not those that are delayed, or received', async () => {
      expect(await opened.queue.waiting()).toBe(0);
      await received();
      await opened.queue.send(message, 60_000);
      for (let chunk = 0; chunk < 3; chunk++) await opened.queue.send({ ...message, chunk }, 0);
      expect(await opened.queue.waiting()).toBe(3);
    });

    test('takes a receipt that is no longer valid, or never was, for no error', async () => {
      const receipt = await received();
      await opened.remove(receipt);
      await opened.queue.hide(receipt, 60_000);
      await opened.queue.hide('never-a-receipt', 60_000);
      expect(await opened.receive()).toBeNull();
    });

    async function received(): Promise<string> {
      await opened.queue.send(message, 0);
      const received = await opened.receive();
      if (received === null) throw new Error('nothing was received');
      return received.receipt;
    }
  });
}

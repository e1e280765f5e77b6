import { expect, test } from 'vitest';
import { virtualClock } from '../../../sim/virtual-clock.ts';
import { workList } from '../../../src/cli/imports/work-list.ts';

const message = (chunk: number) => ({ importId: 'i', chunk, epoch: 0 });

test('gives messages when their time has come, the earliest first, then null', async () => {
  const clock = virtualClock({ seed: 1 });
  const queue = workList(clock);
  const startMs = clock.now();
  await queue.send(message(1), 5000);
  await queue.send(message(2), 0);
  await queue.send(message(3), 2000);
  const next = () => clock.run(queue.next(new AbortController().signal));
  expect([await next(), clock.now() - startMs]).toEqual([message(2), 0]);
  expect([await next(), clock.now() - startMs]).toEqual([message(3), 2000]);
  expect([await next(), clock.now() - startMs]).toEqual([message(1), 5000]);
  expect(await next()).toBeNull();
});

test('gives nothing more once it is told to stop, also while it waits', async () => {
  const clock = virtualClock({ seed: 1 });
  const queue = workList(clock);
  const startMs = clock.now();
  await queue.send(message(1), 60_000);
  const stop = new AbortController();
  void clock.sleep(1000).then(() => stop.abort());
  expect(await clock.run(queue.next(stop.signal))).toBeNull();
  expect(clock.now() - startMs).toBe(1000);
});

import { expect, test } from 'vitest';
import { virtualClock } from '../../sim/virtual-clock.ts';
import { workList } from '../../src/cli/work-list.ts';

const message = (chunk: number) => ({ importId: 'i', chunk, epoch: 0 });

test('gives messages when their time has come, the earliest first, then null', async () => {
  const clock = virtualClock({ seed: 1 });
  const queue = workList(clock);
  const startMs = clock.now();
  await queue.send(message(1), 5000);
  await queue.send(message(2), 0);
  await queue.send(message(3), 2000);
  const next = () => clock.run(queue.next());
  expect([await next(), clock.now() - startMs]).toEqual([message(2), 0]);
  expect([await next(), clock.now() - startMs]).toEqual([message(3), 2000]);
  expect([await next(), clock.now() - startMs]).toEqual([message(1), 5000]);
  expect(await next()).toBeNull();
});

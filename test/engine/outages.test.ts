import { putCounts } from '../support/counts.ts';
import { expect, test } from 'vitest';
import { world } from './world.ts';

test('a table that answers only errors for two minutes ends the attempt, and the next one resumes from there', async () => {
  let isDown = false;
  let taken = 0;
  const { clock, drop, loadNext, loadAll, queue, importOf, items } = world({
    fate: (batch) => {
      if (!isDown && (taken += batch.length) < 2000) return null;
      isDown = true;
      return { held: [...batch.keys()], reason: 'unavailable', units: 0 };
    },
  });
  const rows = Array.from({ length: 5000 }, (_, n) => `p${n},name ${n}\n`);
  const object = await drop(`id,name\n${rows.join('')}`);
  const message = queue.messages[0]!;
  const startMs = clock.now();
  await expect(loadNext()).rejects.toMatchObject({
    code: 'table-unavailable',
    message: expect.stringContaining('goes on by itself'),
  });
  expect(clock.now() - startMs).toBeGreaterThan(120_000);
  expect(await importOf(object)).toMatchObject({ status: 'loading', failure: null });

  isDown = false;
  taken = -Infinity;
  await clock.run(clock.sleep(61_000));
  queue.messages.push(message);
  await loadAll();
  expect(await importOf(object)).toMatchObject({
    status: 'done',
    counts: putCounts({ read: 5000, written: 5000 }),
  });
  expect(items()).toHaveLength(5000);
});

import { putCounts } from '../support/counts.ts';
import { expect, test } from 'vitest';
import type { Fate } from '../../sim/table.ts';
import { world } from './world.ts';

test('a load whose table is the bottleneck is parked, and resumes when burst credit has collected', async () => {
  const { clock, drop, loadNext, importOf, ledger, queue, items, events } = world({
    fate: smallTable(5, () => clock.now()),
  });
  const object = await drop(`id,name\n${rowsOf(4000)}`);
  const { id } = await importOf(object);
  const parked = await loadNext();
  expect(parked).toMatchObject({ kind: 'parked' });
  const { parkMs } = parked as { parkMs: number };
  expect(parkMs).toBeGreaterThan(60_000);
  expect(parkMs).toBeLessThanOrEqual(900_000);
  expect(queue.messages).toEqual([{ importId: id, chunk: 0, epoch: 1, delayMs: parkMs }]);
  expect(await importOf(object)).toMatchObject({ status: 'parked' });
  expect((await ledger.readChunks(id))[0]).toMatchObject({ lease: null, epoch: 1, finished: false });
  expect(events.at(-1)).toMatchObject({ type: 'chunk parked', epoch: 1, parkMs });

  for (let next = queue.messages[0]; next !== undefined; next = queue.messages[0]) {
    await clock.run(clock.sleep(next.delayMs));
    const outcome = await loadNext();
    const { status } = await importOf(object);
    expect(status).toBe(outcome.kind === 'parked' ? 'parked' : 'done');
  }
  expect(items()).toHaveLength(4000);
  expect(await importOf(object)).toMatchObject({
    status: 'done',
    counts: putCounts({ read: 4000, written: 4000 }),
  });
});

test('a loader without deadline stays, and writes as fast as the table allows', async () => {
  const { clock, drop, loadNext, importOf } = world({ fate: smallTable(5, () => clock.now()) });
  const object = await drop(`id,name\n${rowsOf(4000)}`);
  expect(await loadNext(Infinity)).toEqual({ kind: 'finished', isDone: true });
  expect((await importOf(object)).counts).toMatchObject({ read: 4000, written: 4000 });
});

/** A provisioned table with all its burst credit: 300 s of its units. */
function smallTable(units: number, now: () => number): Fate {
  const most = units * 300;
  let credit = most;
  let atMs: number | null = null;
  return (batch) => {
    const nowMs = now();
    credit = Math.min(most, credit + ((nowMs - (atMs ?? nowMs)) / 1000) * units);
    atMs = nowMs;
    const written = Math.min(batch.length, Math.floor(credit));
    credit -= written;
    const held = [...batch.keys()].slice(written);
    return { held, reason: held.length > 0 ? 'table-capacity' : null, units: written };
  };
}

function rowsOf(count: number): string {
  return Array.from({ length: count }, (_, n) => `p${n},name ${n}\n`).join('');
}

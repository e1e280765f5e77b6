import { expect, test } from 'vitest';
import type { Fate } from '../../sim/table.ts';
import { world } from './world.ts';

const rows = 4000;
const text = `id,name\n${Array.from({ length: rows }, (_, n) => `p${n},name ${n}\n`).join('')}`;

test('a load that is stopped writes a checkpoint and releases its lease within seconds; the next one resumes at once', async () => {
  const { clock, drop, loadNext, importOf, ledger, items } = world({
    fate: slowTable(20, () => clock.now()),
  });
  const object = await drop(text);
  const { id } = await importOf(object);
  const stop = new AbortController();
  const abortMs = clock.now() + 30_000;
  void clock.sleep(30_000).then(() => stop.abort());
  expect(await loadNext(Infinity, 'first', stop.signal)).toEqual({ kind: 'continued' });
  expect(clock.now() - abortMs).toBeLessThan(10_000);
  const [chunk] = await ledger.readChunks(id);
  expect(chunk).toMatchObject({ lease: null, epoch: 1, finished: false });
  expect(chunk!.checkpoint.counts.written).toBeGreaterThan(300);

  const restartMs = clock.now();
  expect(await loadNext(Infinity, 'second')).toEqual({ kind: 'finished', isDone: true });
  expect(clock.now() - restartMs).toBeLessThan((rows / 20) * 1000);
  expect((await importOf(object)).counts).toMatchObject({ read: rows, written: rows });
  expect(items()).toHaveLength(rows);
});

test('a load that was stopped before it began reads nothing, and releases its lease', async () => {
  const { drop, loadNext, importOf, ledger, items } = world();
  const object = await drop(text);
  expect(await loadNext(Infinity, 'first', AbortSignal.abort())).toEqual({ kind: 'continued' });
  expect(items()).toEqual([]);
  expect((await ledger.readChunks((await importOf(object)).id))[0]).toMatchObject({
    lease: null,
    finished: false,
  });
});

test('a stop after all rows are read does not wait for a table that accepts nothing', async () => {
  let isOpen = false;
  const { clock, drop, loadNext, importOf } = world({
    fate: (batch) => {
      const held = isOpen ? [] : [...batch.keys()];
      return {
        held,
        reason: isOpen ? null : 'table-capacity',
        units: isOpen ? batch.length : 0,
      };
    },
  });
  const object = await drop('id,name\na,1\nb,2\n');
  const stop = new AbortController();
  const abortMs = clock.now() + 120_000;
  void clock.sleep(120_000).then(() => stop.abort());
  expect(await loadNext(Infinity, 'first', stop.signal)).toEqual({ kind: 'continued' });
  expect(clock.now() - abortMs).toBeLessThan(10_000);
  isOpen = true;
  expect(await loadNext(Infinity, 'second')).toEqual({ kind: 'finished', isDone: true });
  expect((await importOf(object)).counts).toMatchObject({ read: 2, written: 2 });
});

/** Takes so many units a second, and saves up none. */
function slowTable(units: number, now: () => number): Fate {
  let credit = 0;
  let atMs: number | null = null;
  return (batch) => {
    const nowMs = now();
    credit = Math.min(units, credit + ((nowMs - (atMs ?? nowMs)) / 1000) * units);
    atMs = nowMs;
    const written = Math.min(batch.length, Math.floor(credit));
    credit -= written;
    const held = [...batch.keys()].slice(written);
    return { held, reason: held.length > 0 ? 'table-capacity' : null, units: written };
  };
}

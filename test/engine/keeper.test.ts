import { expect, test } from 'vitest';
import { importId } from '../../src/core/import.ts';
import { world } from './world.ts';

test('renews the lease before it writes rejects where little of it is left', async () => {
  const done: string[] = [];
  let delayMs = 0;
  const { drop, loadNext, importOf, rejects } = world({
    fate: () => {
      // The process stands still while its only request is under way.
      delayMs = 30_000;
      return null;
    },
    ports: ({ ledger, results, clock }) => ({
      clock: { ...clock, now: () => clock.now() + delayMs },
      ledger: {
        ...ledger,
        async checkpoint(lease, checkpoint, untilMs) {
          done.push(`checkpoint at ${checkpoint.offsetBytes}`);
          await ledger.checkpoint(lease, checkpoint, untilMs);
        },
      },
      results: {
        async put(name, ...given) {
          if (name.startsWith('rejects/')) {
            const [chunk] = await ledger.readChunks(importId(object));
            const leftMs = chunk!.lease!.untilMs - (clock.now() + delayMs);
            done.push(`rejects with ${leftMs / 1000} s left`);
          }
          return results.put(name, ...given);
        },
      },
    }),
  });
  const object = await drop('id,age\np1,1\np2,x\n');
  expect(await loadNext()).toEqual({ kind: 'finished', isDone: true });
  expect(done.slice(0, 3)).toEqual(['checkpoint at 0', 'rejects with 60 s left', 'checkpoint at 17']);
  expect(rejects()).toMatchObject([{ id: 'p2' }]);
  expect((await importOf(object)).counts).toMatchObject({ read: 2, written: 1, rejected: 1 });
});

test('writes no rejects once another has the lease', async () => {
  let delayMs = 0;
  const puts: string[] = [];
  const { drop, loadNext, events } = world({
    fate: () => {
      delayMs = 120_000;
      return null;
    },
    ports: ({ ledger, results, clock }) => ({
      clock: { ...clock, now: () => clock.now() + delayMs },
      ledger: {
        ...ledger,
        async checkpoint(lease, ...given) {
          const nowMs = clock.now() + delayMs;
          const another = { ...lease, owner: 'another' };
          await ledger.claim(another, { epoch: 0, nowMs, untilMs: nowMs + 60_000 });
          await ledger.checkpoint(lease, ...given);
        },
      },
      results: {
        put(name, ...given) {
          puts.push(name);
          return results.put(name, ...given);
        },
      },
    }),
  });
  await drop('id,age\np1,1\np2,x\n');
  expect(await loadNext()).toEqual({ kind: 'lost' });
  expect(puts).toEqual([]);
  expect(events.at(-1)).toMatchObject({ type: 'lease lost' });
});

import { PLAIN_TEXT } from '../../../src/core/csv/text/text-coding.ts';
import { expect, test } from 'vitest';
import { importId } from '../../../src/core/imports/import.ts';
import { createWatermark } from '../../../src/core/settle/watermark.ts';
import { createKeeper } from '../../../src/engine/loading/keeper.ts';
import { createLeaseClock } from '../../../src/engine/lease/lease-clock.ts';
import { world } from '../world.ts';

test('renews the lease before it writes rejects if little of it is left', async () => {
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

test('never asks for an earlier end of its lease, even after its clock was set forward and back', async () => {
  const { keeper, settleReject, setClock, inLedger } = await keeperOf({});
  const before = await inLedger();
  setClock(300_000);
  await settleReject(12, 2);
  const ahead = await inLedger();
  expect(ahead).toEqual({ offsetBytes: 12, untilMs: before.untilMs + 300_000 });
  setClock(0);
  await settleReject(17, 3);
  expect(await inLedger()).toEqual({ offsetBytes: 17, untilMs: ahead.untilMs });
  // The lease that it has asked for once is its own: it may go on.
  expect(keeper.maySend()).toBe(true);
});

test('writes no rejects when another loader has the lease', async () => {
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

test('keeps a further reject in the file of its own range if a checkpoint was written although its response was lost', async () => {
  const { settleReject, kept } = await keeperOf({ ledgerFails: true });
  await expect(settleReject(12, 2)).rejects.toThrow('no answer');
  await settleReject(17, 3);
  expect(kept()).toEqual([
    ['0-000000000000000.csv', 1],
    ['0-000000000000012.csv', 1],
  ]);
});

test('keeps a file whose write failed once unchanged: the write may still land on the file with its name', async () => {
  const { settleReject, kept, puts } = await keeperOf({ resultsFail: true });
  await expect(settleReject(12, 2)).rejects.toThrow('no answer');
  await settleReject(17, 3);
  expect(puts[1]).toEqual(puts[0]);
  expect(puts.map(([name]) => name)).toEqual([
    '0-000000000000000.csv',
    '0-000000000000000.csv',
    '0-000000000000012.csv',
  ]);
  expect(kept()).toEqual([
    ['0-000000000000000.csv', 1],
    ['0-000000000000012.csv', 1],
  ]);
});

test('replaces the file of a dead loader with the first range that has rows, or before it releases the lease', async () => {
  const { keeper, watermark, settleReject, puts } = await keeperOf({ takenOver: true });
  await keeper.keep(watermark, 0, 0);
  expect(puts).toEqual([]);
  await settleReject(12, 2);
  await keeper.close();
  expect(puts.map(([name]) => name)).toEqual(['0-000000000000000.csv']);
  const idle = await keeperOf({ takenOver: true });
  await idle.keeper.keep(idle.watermark, 0, 0);
  await idle.keeper.close();
  expect(idle.kept()).toEqual([['0-000000000000000.csv', 0]]);
});

/** A keeper whose first checkpoint, or first file, is kept without an answer. */
async function keeperOf(terms: { ledgerFails?: true; resultsFail?: true; takenOver?: true }) {
  const { clock, drop, ledger, results, queue, datasets, importOf } = world();
  const object = await drop('id,age\np1,x\np2,x\n');
  const lease = { importId: importId(object), chunk: 0, owner: 'own' };
  let stepMs = 0;
  const leaseClock = createLeaseClock({ ...clock, now: () => clock.now() + stepMs });
  const untilMs = clock.now() + 60_000;
  const answer = await ledger.claim(lease, { epoch: 0, nowMs: clock.now(), untilMs });
  if (answer.kind !== 'claimed') throw new Error('the chunk is not claimed');
  const puts: [string, string][] = [];
  let checkpoints = 0;
  const keeper = createKeeper({
    ports: {
      queue,
      results: {
        async put(name, body, type) {
          puts.push([name.split('/').at(-1)!, new TextDecoder().decode(body)]);
          await results.put(name, body, type);
          if (terms.resultsFail && puts.length === 1) throw new Error('no answer');
          return name;
        },
      },
      ledger: {
        ...ledger,
        async checkpoint(...given) {
          await ledger.checkpoint(...given);
          if (terms.ledgerFails && ++checkpoints === 1) throw new Error('no answer');
        },
      },
    },
    dataset: datasets[0]!,
    record: await importOf(object),
    header: {
      format: datasets[0]!.format,
      coding: PLAIN_TEXT,
      needsMark: false,
      mayBeUtf8: false,
      names: ['id', 'age'],
      raw: new TextEncoder().encode('id,age'),
      endBytes: 7,
      endLine: 2,
      repairs: null,
      warnings: [],
    },
    repairs: [],
    claim: { lease, chunk: answer.chunk, takenOver: terms.takenOver === true, untilMs, clock: leaseClock },
    receipt: undefined,
  });
  const watermark = createWatermark(answer.chunk.checkpoint, datasets[0]!.format, new Uint8Array(8));
  return {
    keeper,
    watermark,
    settleReject,
    kept,
    puts,
    setClock: (byMs: number) => void (stepMs = byMs),
    inLedger: async () => {
      const [record] = await ledger.readChunks(lease.importId);
      return { offsetBytes: record!.checkpoint.offsetBytes, untilMs: record!.lease!.untilMs };
    },
  };

  /** Reads a record up to there that is refused, and has it kept. */
  async function settleReject(endBytes: number, line: number): Promise<void> {
    const block = watermark.openBlock();
    const record = new TextEncoder().encode(`p${line},x`);
    watermark.rejectRecord(block, {
      line,
      faults: [{ column: 'age', code: 'number-invalid', reason: 'x' }],
      record,
    });
    watermark.closeBlock(block, endBytes, line + 1);
    await keeper.keep(watermark, 0, 0);
  }

  /** Each reject file, and how many rejects it has. */
  function kept(): (readonly [string, number])[] {
    return [...results.files.keys()].map((name) => [
      name.split('/').at(-1)!,
      results.text(name).split('\n').length - 2,
    ]);
  }
}

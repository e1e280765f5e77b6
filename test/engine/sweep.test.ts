import { expect, test } from 'vitest';
import { importId } from '../../src/core/imports/import.ts';
import { SluiceError } from '../../src/core/errors.ts';
import { retry } from '../../src/engine/retry.ts';
import { sweep } from '../../src/engine/sweep.ts';
import { world } from './world.ts';

const MINUTE_MS = 60_000;

/** A world that is swept. */
function sweptWorld(options: Parameters<typeof world>[0] = {}) {
  const made = world(options);
  const { clock, ports, events } = made;
  return { ...made, sweepNow, sweepFor };

  async function sweepNow(withinMs = 15 * MINUTE_MS): Promise<Record<string, unknown>> {
    await clock.run(sweep(ports, clock.monotonic() + withinMs, (event) => events.push(event)));
    return events.at(-1)!;
  }

  /** A sweep every five minutes. */
  async function sweepFor(minutes: number): Promise<void> {
    for (let passed = 0; passed < minutes; passed += 5) {
      await clock.run(clock.sleep(5 * MINUTE_MS));
      await sweepNow();
    }
  }
}

test('the sweep says how many imports are open, and how old the oldest is', async () => {
  const { clock, drop, loadNext, queue, sweepNow } = sweptWorld();
  await drop('id\np1\n', 'people/a.csv');
  await clock.run(clock.sleep(10 * MINUTE_MS));
  await drop('id\np2\n', 'people/b.csv');
  expect(await sweepNow()).toMatchObject({
    type: 'sweep done',
    open: 2,
    stalled: 0,
    silent: 0,
    oldestAgeS: 600,
    waitingMessages: queue.messages.length,
    isComplete: true,
  });
  await loadNext();
  await clock.run(clock.sleep(MINUTE_MS));
  expect(await sweepNow()).toMatchObject({ open: 1, oldestAgeS: 60, waitingMessages: 1 });
});

test('an import whose message was lost is queued again after 20 minutes, and is done', async () => {
  const { drop, loadAll, importOf, queue, events, sweepFor } = sweptWorld();
  const object = await drop('id\np1\n');
  queue.messages.splice(0);
  await sweepFor(20);
  expect(queue.messages).toEqual([]);
  await sweepFor(5);
  expect(queue.messages).toMatchObject([{ importId: importId(object), chunk: 0, epoch: 1 }]);
  expect(events.find(({ type }) => type === 'import queued again')).toMatchObject({
    level: 'warn',
    importId: importId(object),
    dataset: 'people',
    messages: 1,
    silentS: 1200,
  });
  expect(events.at(-1)).toMatchObject({ type: 'sweep done', silent: 1 });
  expect(await loadAll()).toEqual([{ kind: 'finished', isDone: true }]);
  expect(await importOf(object)).toMatchObject({ status: 'done', watch: null });
});

test('an import whose loader and message are lost resumes from its checkpoint', async () => {
  const { drop, loadNext, loadAll, importOf, events, sweepFor } = sweptWorld({
    ports: ({ ledger }) => ({
      ledger: {
        ...ledger,
        async finishChunk(...given) {
          if (given[0].owner === 'mortal') throw new Error('killed');
          return ledger.finishChunk(...given);
        },
      },
    }),
  });
  const object = await drop('id\np1\n');
  await expect(loadNext(900_000, 'mortal')).rejects.toThrow('killed');
  await sweepFor(30);
  expect(events.map(({ type }) => type)).toContain('import queued again');
  expect(await loadAll()).toEqual([{ kind: 'finished', isDone: true }]);
  expect(await importOf(object)).toMatchObject({ status: 'done' });
});

test('after it was queued three times without progress, the import is stalled until it is retried', async () => {
  const { drop, loadAll, importOf, queue, events, ledger, sweepFor } = sweptWorld();
  const object = await drop('id\np1\n');
  for (let minutes = 0; minutes < 110; minutes += 5) {
    queue.messages.splice(0);
    await sweepFor(5);
  }
  expect(events.filter(({ type }) => type === 'import queued again')).toHaveLength(3);
  expect(events.filter(({ type }) => type === 'import stalled')).toMatchObject([
    { level: 'error', importId: importId(object), dataset: 'people', code: 'message-lost' },
  ]);
  expect(events.at(-1)).toMatchObject({ type: 'sweep done', stalled: 1, silent: 0 });
  expect(await importOf(object)).toMatchObject({ status: 'stalled', lastFailure: { code: 'message-lost' } });
  expect(await retry({ ledger, queue }, importId(object))).toEqual({ kind: 'queued', messages: 1 });
  expect(await importOf(object)).toMatchObject({ status: 'queued', lastFailure: null, watch: null });
  expect(await loadAll()).toEqual([{ kind: 'finished', isDone: true }]);
});

test('an import that is loading, parked or waiting in the queue is not queued again', async () => {
  const { clock, drop, queue, ledger, events, importOf, sweepFor, sweepNow } = sweptWorld();
  await drop('id\np1\n', 'people/waits.csv');
  await sweepFor(60);
  expect(queue.messages).toHaveLength(1);
  queue.messages.splice(0);

  const object = await drop('id\np1\n', 'people/loaded.csv');
  queue.messages.splice(0);
  const lease = { importId: (await importOf(object)).id, chunk: 0, owner: 'a' };
  const start = { offsetBytes: 0, line: 1, counts: (await importOf(object)).counts, units: 0 };
  await ledger.claim(lease, { epoch: 0, nowMs: clock.now(), untilMs: clock.now() + MINUTE_MS });
  for (let minutes = 0; minutes < 60; minutes += 5) {
    await clock.run(clock.sleep(5 * MINUTE_MS));
    await ledger.checkpoint(lease, start, clock.now() + MINUTE_MS);
    await sweepNow();
  }
  const again = events.filter((event) => event.type === 'import queued again');
  expect(again.filter(({ importId }) => importId === lease.importId)).toEqual([]);
});

test('the sweep reports an end that was not reported', async () => {
  let isDying = true;
  const { clock, drop, loadNext, importOf, events, sweepNow } = sweptWorld({
    ports: ({ ledger }) => ({
      ledger: {
        ...ledger,
        async end(...given) {
          const record = await ledger.end(...given);
          if (isDying) throw new Error('killed');
          return record;
        },
      },
    }),
  });
  const object = await drop('id\np1\n');
  await expect(loadNext()).rejects.toThrow('killed');
  isDying = false;
  await sweepNow();
  expect(events.map(({ type }) => type)).not.toContain('import done');
  await clock.run(clock.sleep(5 * MINUTE_MS));
  await sweepNow();
  expect(events.filter(({ type }) => type === 'import done')).toHaveLength(1);
  expect(await importOf(object)).toMatchObject({ status: 'done', isOpen: false });
});

test('an import that was registered, and died before it took its key, is superseded by the newer version', async () => {
  let isDying = true;
  const { source, drop, loadAll, importOf, queue, items, sweepFor } = sweptWorld({
    ports: ({ ledger }) => ({
      ledger: {
        ...ledger,
        async takeKey(...given) {
          if (isDying) throw new SluiceError('internal', 'killed');
          return ledger.takeKey(...given);
        },
      },
    }),
  });
  const first = source.put('people/a.csv', new TextEncoder().encode('id,name\np1,old\np2,old\n'));
  await expect(drop('id,name\np1,old\np2,old\n')).rejects.toThrow('killed');
  expect(queue.messages).toEqual([]);
  isDying = false;
  await sweepFor(30);
  expect(queue.messages.length).toBeGreaterThan(0);
  const second = await drop('id,name\np1,new\n');
  await loadAll();
  expect(importId(second)).not.toBe(importId(first));
  expect(await importOf(second)).toMatchObject({ status: 'done' });
  expect(items().find((item) => JSON.stringify(item['id']) === '{"S":"p1"}')).toMatchObject({
    name: { S: 'new' },
  });
});

test('an import that cannot be checked does not stop the others, and fails the sweep at its end', async () => {
  const { drop, events, sweepNow } = sweptWorld({
    ports: ({ ledger }) => ({
      ledger: {
        ...ledger,
        async readChunks(id) {
          if (id === broken) throw new Error('it is broken');
          return ledger.readChunks(id);
        },
      },
    }),
  });
  let broken = '';
  const objects = [await drop('id\np1\n', 'people/a.csv'), await drop('id\np2\n', 'people/b.csv')];
  broken = importId(objects[0]!);
  await expect(sweepNow()).rejects.toThrow('it is broken');
  expect(events.at(-1)).toMatchObject({ type: 'sweep done', open: 2 });
});

test('10,000 open imports are checked in pages, and those after the deadline are left to the next sweep', async () => {
  const { clock, drop, importOf, ledger, sweepNow } = sweptWorld();
  const { queuedAtMs, ...like } = await importOf(await drop('id\np1\n'));
  for (let n = 0; n < 9_999; n++) {
    const id = `import-${n}`;
    await ledger.register({ ...like, id, queuedAtMs: queuedAtMs + n }, [
      { startBytes: 0, endBytes: 6, startLine: 1 },
    ]);
  }
  expect(await sweepNow()).toMatchObject({ open: 10_000, isComplete: true });
  await clock.run(clock.sleep(MINUTE_MS));
  expect(await sweepNow(-1)).toMatchObject({ open: 0, isComplete: false });
  expect(await sweepNow(15_000)).toMatchObject({ open: 10_000, isComplete: true });
});

test('an import of a local file is neither queued for the function, which cannot read it, nor counted as open', async () => {
  const { ledger, queue, registerLocalFile, sweepFor, sweepNow } = sweptWorld();
  const { id } = await registerLocalFile('/data/a.csv');
  await sweepFor(120);
  expect(queue.messages).toEqual([]);
  expect(await ledger.readImport(id)).toMatchObject({ status: 'queued' });
  expect(await sweepNow()).toMatchObject({ open: 0, silent: 0, oldestAgeS: 0 });
});

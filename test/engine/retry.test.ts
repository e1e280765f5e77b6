import { expect, test } from 'vitest';
import { putCounts } from '../support/counts.ts';
import { SluiceError } from '../../src/core/errors.ts';
import { importId } from '../../src/core/imports/import.ts';
import type { Source } from '../../src/core/ports.ts';
import { retry } from '../../src/engine/retry.ts';
import { stall } from '../../src/engine/end/stall.ts';
import { world } from './world.ts';

test('an import whose message has failed for the last time is stalled, and resumes when it is retried', async () => {
  let isDown = true;
  const { clock, drop, loadNext, loadAll, importOf, items, ledger, queue, events } = world({
    ports: ({ source }) => ({ source: breaking(source, () => isDown) }),
  });
  const object = await drop('id\np1\np2\n');
  const message = queue.messages[0]!;
  await expect(loadNext()).rejects.toMatchObject({ code: 'object-unreadable' });
  const failure = { code: 'object-unreadable', reason: 'S3 answers 503' } as const;
  await ledger.noteFailure(importId(object), failure);
  await clock.run(clock.sleep(60_000));
  await stall({ ledger, clock }, message, (event) => events.push(event));
  expect(await importOf(object)).toMatchObject({ status: 'stalled', failure: null, lastFailure: failure });
  expect(events.at(-1)).toMatchObject({ type: 'import stalled', level: 'error', ...failure, chunk: 0 });

  isDown = false;
  expect(await retry({ ledger, queue }, importId(object))).toEqual({ kind: 'queued', messages: 1 });
  expect(await importOf(object)).toMatchObject({ status: 'queued', lastFailure: null });
  expect(queue.messages).toMatchObject([{ importId: importId(object), chunk: 0, epoch: 1, delayMs: 0 }]);
  await clock.run(clock.sleep(60_000));
  expect(await loadAll()).toEqual([{ kind: 'finished', isDone: true }]);
  expect(items()).toHaveLength(2);
});

test('an import that died between its last checkpoint and its end is ended', async () => {
  let isDying = true;
  const { drop, loadNext, loadAll, importOf, ledger, queue } = world({
    ports: ({ ledger }) => ({
      ledger: {
        ...ledger,
        async countChunk(...given) {
          if (isDying) throw new Error('killed');
          return ledger.countChunk(...given);
        },
      },
    }),
  });
  const object = await drop('id\np1\n');
  await expect(loadNext()).rejects.toThrow('killed');
  isDying = false;
  expect(await retry({ ledger, queue }, importId(object))).toEqual({ kind: 'queued', messages: 1 });
  expect(await loadAll()).toEqual([{ kind: 'finished', isDone: true }]);
  expect(await importOf(object)).toMatchObject({ status: 'done', counts: { read: 1, written: 1 } });
});

test('a chunk that is finished and not counted is counted, even if another chunk is not loaded yet', async () => {
  const { clock, source, loadAll, importOf, ports, ledger, queue, events, dataset } = world({
    dataset: {
      source: { prefix: 'people/' },
      table: { partition_key: 'id' },
      load: { rows: 'parallel', max_parallel: 2 },
    },
  });
  const object = source.put('people/a.csv', new TextEncoder().encode('id\np1\np2\n'));
  const id = importId(object);
  const terms = { id, dataset: 'people', datasetDigest: dataset.digest, object, parallel: 2, queuedAtMs: 0 };
  await ledger.register(terms, [
    { startBytes: 3, endBytes: 6, startLine: 2 },
    { startBytes: 6, endBytes: 9, startLine: 3 },
  ]);
  // A loader that died between the two.
  const lease = { importId: id, chunk: 0, owner: 'dead' };
  const nowMs = clock.now();
  await ledger.claim(lease, { epoch: 0, nowMs, untilMs: nowMs + 60_000 });
  const counts = putCounts({ read: 1, written: 1 });
  await ledger.finishChunk(lease, { offsetBytes: 6, line: 3, counts, units: 1 });
  expect(await retry(ports, id)).toEqual({ kind: 'queued', messages: 2 });
  expect(queue.messages.map(({ chunk }) => chunk)).toEqual([0, 1]);
  await loadAll();
  expect(events.filter(({ level }) => level === 'error')).toEqual([]);
  expect(await importOf(object)).toMatchObject({ status: 'done', counts: { read: 2, written: 2 } });
});

test('an import that is counted and not ended is ended', async () => {
  const { drop, loadNext, loadAll, importOf, ledger, queue } = world({
    ports: ({ results }) => ({
      results: {
        async put(name, ...given) {
          if (name.startsWith('reports/') && queue.messages.length === 0) throw new Error('killed');
          return results.put(name, ...given);
        },
      },
    }),
  });
  const object = await drop('id\np1\n');
  await expect(loadNext()).rejects.toThrow('killed');
  expect(await importOf(object)).toMatchObject({ status: 'loading', finishedChunks: [0] });
  expect(await retry({ ledger, queue }, importId(object))).toEqual({ kind: 'queued', messages: 1 });
  queue.messages.push({ ...queue.messages[0]! });
  expect((await loadNext()).kind).toBe('finished');
  expect(await importOf(object)).toMatchObject({ status: 'done' });
  expect(await loadAll()).toMatchObject([{ kind: 'dropped' }]);
});

test('an import that is loading is not disturbed', async () => {
  const { drop, loadAll, importOf, ledger, queue } = world();
  const object = await drop('id\np1\n');
  await retry({ ledger, queue }, importId(object));
  expect(queue.messages.map(({ epoch }) => epoch)).toEqual([0, 1]);
  const outcomes = await loadAll();
  expect(outcomes).toMatchObject([{ kind: 'finished', isDone: true }, { kind: 'dropped' }]);
  expect(await importOf(object)).toMatchObject({ status: 'done', counts: { read: 1 } });
});

test('an import that has ended does not change, and an unknown import is an error with its id', async () => {
  const { drop, loadAll, ledger, queue } = world();
  const object = await drop('id\np1\n');
  await loadAll();
  expect(await retry({ ledger, queue }, importId(object))).toEqual({ kind: 'ended', status: 'done' });
  expect(queue.messages).toEqual([]);
  await expect(retry({ ledger, queue }, 'nobody')).rejects.toMatchObject({ code: 'import-unknown' });
});

function breaking(source: Source, isDown: () => boolean): Source {
  return {
    async *read(...given) {
      if (isDown()) throw new SluiceError('object-unreadable', 'S3 answers 503');
      yield* source.read(...given);
    },
  };
}

test('an import of a local file is not queued: the function cannot read it', async () => {
  const { ledger, queue, registerLocalFile } = world();
  const { id, object } = await registerLocalFile('/data/a.csv');
  await expect(retry({ ledger, queue }, id)).rejects.toMatchObject({
    code: 'configuration-invalid',
    message: expect.stringContaining('`sluice load /data/a.csv --dataset people`') as string,
  });
  expect(queue.messages).toEqual([]);
  expect(await ledger.readKey(object)).toBeNull();
});

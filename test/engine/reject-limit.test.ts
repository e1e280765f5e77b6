import { describe, expect, test } from 'vitest';
import { noCounts } from '../../src/core/imports/counts.ts';
import { importId } from '../../src/core/imports/import.ts';
import { world } from './world.ts';

const people = (load: object) => ({
  source: { prefix: 'people/' },
  columns: { age: { type: 'number' } },
  table: { partition_key: 'id' },
  load,
});
const file = `id,age\n${Array.from({ length: 200 }, (_, n) => `p${n},${n % 10 === 0 ? 'x' : n}\n`).join('')}`;

test('an import with more rejects than the dataset allows fails, with its rejects kept', async () => {
  const { drop, loadAll, importOf, rejects, ledger } = world({ dataset: people({ max_rejects: 19 }) });
  const object = await drop(file);
  expect(await loadAll()).toEqual([{ kind: 'failed', code: 'too-many-rejects' }]);
  expect(await importOf(object)).toMatchObject({
    status: 'failed',
    failure: {
      code: 'too-many-rejects',
      reason: expect.stringContaining('20 of the first 200 rows were rejected, and load.max_rejects is 19'),
    },
  });
  expect(rejects()).toHaveLength(20);
  expect((await ledger.readChunks(importId(object)))[0]?.lease).toBeNull();
});

test('an import with just as many is done', async () => {
  const { drop, loadAll, importOf } = world({ dataset: people({ max_rejects: 20 }) });
  const object = await drop(file);
  await loadAll();
  expect(await importOf(object)).toMatchObject({ status: 'done', counts: { rejected: 20 } });
});

test('the rejects of all chunks count together', async () => {
  const { source, clock, ledger, queue, loadNext, importOf, dataset } = world({
    dataset: people({ max_rejects: 20 }),
  });
  const object = source.put('people/a.csv', new TextEncoder().encode(file));
  const id = importId(object);
  await ledger.register(
    { id, dataset: 'people', datasetDigest: dataset.digest, object, parallel: 1, queuedAtMs: clock.now() },
    [
      { startBytes: 0, endBytes: file.length, startLine: 1 },
      { startBytes: file.length, endBytes: file.length, startLine: 1 },
    ],
  );
  const other = { importId: id, chunk: 1, owner: 'another' };
  await ledger.claim(other, { epoch: 0, nowMs: clock.now(), untilMs: clock.now() + 60_000 });
  const counts = { ...noCounts, read: 1, rejected: 1 };
  await ledger.checkpoint(
    other,
    { offsetBytes: file.length, line: 1, counts, units: 0 },
    clock.now() + 60_000,
  );
  await queue.send({ importId: id, chunk: 0, epoch: 0 }, 0);
  expect(await loadNext()).toEqual({ kind: 'failed', code: 'too-many-rejects' });
  expect((await importOf(object)).failure?.reason).toContain('21 of the first 201 rows');
});

describe('an import', () => {
  const rowsOf = (count: number, rejected: number) =>
    `id,age\n${Array.from({ length: count }, (_, n) => `p${n},${n < rejected ? 'x' : n}\n`).join('')}`;

  test.each([
    ['of which every row is rejected', rowsOf(3, 3), 'nothing-loaded', 'all 3 rows were rejected'],
    ['of one row, which is rejected', rowsOf(1, 1), 'nothing-loaded', 'the one row was rejected'],
    ['of 20 rows, most of them rejected', rowsOf(20, 11), 'too-many-rejects', '11 of the first 20 rows'],
  ])('%s fails at its end, with its rejects and report', async (_, body, code, reason) => {
    const { drop, loadAll, importOf, rejects, results, events, ledger } = world({ dataset: people({}) });
    const object = await drop(body);
    expect(await loadAll()).toEqual([{ kind: 'finished', isDone: false }]);
    const record = await importOf(object);
    expect(record).toMatchObject({
      status: 'failed',
      failure: { code, reason: expect.stringContaining(reason) },
    });
    expect(rejects()).toHaveLength(record.counts.rejected);
    expect(JSON.parse(results.text(`reports/people/${record.id}.json`))).toMatchObject({
      status: 'failed',
      failure: { code },
      counts: record.counts,
      rejects: `rejects/people/${record.id}/`,
    });
    expect(events.at(-1)).toMatchObject({ type: 'import failed', level: 'error', code });
    expect((await ledger.readChunks(record.id))[0]).toMatchObject({ finished: true, lease: null });
  });

  test.each([
    ['of 19 rows of which one is good', rowsOf(19, 18)],
    ['of 20 rows, half of them rejected', rowsOf(20, 10)],
  ])('%s is done', async (_, body) => {
    const { drop, loadAll, importOf } = world({ dataset: people({}) });
    const object = await drop(body);
    await loadAll();
    expect(await importOf(object)).toMatchObject({ status: 'done' });
  });

  test('stops where more than half of 1,000 rows are rejected, long before its end', async () => {
    const { drop, loadAll, importOf, items } = world({ dataset: people({}) });
    const object = await drop(rowsOf(900_000, 899_000));
    expect(await loadAll()).toEqual([{ kind: 'failed', code: 'too-many-rejects' }]);
    expect((await importOf(object)).status).toBe('failed');
    expect(items()).toHaveLength(0);
  });
});

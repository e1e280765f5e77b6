import { expect, test } from 'vitest';
import { noCounts } from '../../src/core/counts.ts';
import { importId } from '../../src/core/import.ts';
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

import { expect, test } from 'vitest';
import { importDetails } from '../../src/engine/import-overview.ts';
import { parseDatasets } from '../../src/core/dataset/dataset.ts';
import type { ObjectRef } from '../../src/core/imports/import.ts';
import { world, type WorldOptions } from './world.ts';

/** Five of its seven rows are rejected: lines 3 to 7. */
const FILE = `id,age\np1,1\np2,x\np3,x\np4,x\np5,x\np6,x\np7,7\n`;

async function rejected(options: WorldOptions = {}) {
  const it = world(options);
  const object = await it.drop(FILE);
  await it.loadAll();
  const { id } = await it.importOf(object);
  const file = it.results.text(`rejects/people/${id}/0-000000000000000.csv`);
  const fixed = file.replaceAll(/,x\n/g, ',5\n');
  return { ...it, id, file, fixed, upload, repaired, report };

  async function upload(body: string, key: string): Promise<ObjectRef> {
    const uploaded = await it.drop(body, key);
    await it.loadAll();
    return uploaded;
  }

  async function repaired(importId = id) {
    return (await importDetails(it.ledger, importId, it.clock.now())).repaired;
  }

  function report(importId = id): Record<string, unknown> {
    return JSON.parse(it.results.text(`reports/people/${importId}.json`)) as Record<string, unknown>;
  }
}

test('a reject file that is fixed and uploaded again repairs its import, however often it comes', async () => {
  const { id, fixed, upload, repaired, report, importOf, items } = await rejected();
  expect(await repaired()).toEqual({ rows: 0, of: 5, isComplete: true });
  for (const key of ['people/fixed.csv', 'people/again.csv']) {
    const object = await upload(fixed, key);
    expect(await importOf(object)).toMatchObject({ status: 'done', repairOf: [id], warnings: [] });
    expect(await repaired()).toEqual({ rows: 5, of: 5, isComplete: true });
  }
  expect(report()).toMatchObject({ repairOf: [], repaired: { rows: 5, of: 5, isComplete: true } });
  expect(items()).toHaveLength(7);
});

test('only rows that are no longer rejected are repaired, and a second round repairs both imports', async () => {
  const { id, file, upload, repaired, importOf, results } = await rejected();
  const half = file.replace('p2,x', 'p2,5').replace('p3,x', 'p3,5');
  const second = await importOf(await upload(half, 'people/half.csv'));
  expect(second).toMatchObject({ status: 'done', counts: { loaded: 2, rejected: 3 } });
  expect(await repaired()).toMatchObject({ rows: 2, of: 5 });
  const rest = results.text(`rejects/people/${second.id}/0-000000000000000.csv`).replaceAll(/,x\n/g, ',5\n');
  const third = await importOf(await upload(rest, 'people/rest.csv'));
  expect(third.repairOf).toEqual([second.id, id]);
  expect(await repaired()).toMatchObject({ rows: 5, of: 5 });
  expect(await repaired(second.id)).toMatchObject({ rows: 3, of: 3 });
});

test('a file whose rows are deleted, sorted or have another line number loads; a line that is no number counts nowhere', async () => {
  const { fixed, upload, repaired } = await rejected();
  const [header, first, second] = fixed.split('\n') as [string, string, string];
  await upload(`${header}\n${second.replace(/^4/, 'four')}\n${first}\n`, 'people/two.csv');
  expect(await repaired()).toMatchObject({ rows: 1, of: 5 });
});

test('a row that the table refuses is not repaired', async () => {
  const { fixed, upload, repaired } = await rejected({
    fate: (batch) =>
      batch.some((item) => item['id']!['S'] === 'p3')
        ? {
            held: [],
            reason: null,
            units: 0,
            refused: [{ indexes: batch.map((_, index) => index), reason: 'no' }],
          }
        : null,
  });
  await upload(fixed, 'people/fixed.csv');
  expect(await repaired()).toMatchObject({ rows: 4, of: 5 });
});

test('a repair is exempt from max_reject_ratio; another file with the same rows is not', async () => {
  const dataset = {
    source: { prefix: 'people/' },
    columns: { age: { type: 'number', optional: true } },
    load: { max_reject_ratio: 0.9 },
    table: { partition_key: 'id' },
  };
  const { drop, loadAll, importOf, results } = world({ dataset });
  const rows = Array.from({ length: 60 }, (_, index) => `p${index},${index < 50 ? 'x' : 1}\n`).join('');
  const object = await drop(`id,age\n${rows}`);
  await loadAll();
  const { id } = await importOf(object);
  const file = results.text(`rejects/people/${id}/0-000000000000000.csv`);
  const fixed = file.replace(/,x\n/, ',1\n');
  const repair = await drop(fixed, 'people/fixed.csv');
  const plain = await drop(fixed.replace(/^[^,]*/, 'line'), 'people/plain.csv');
  await loadAll();
  expect(await importOf(repair)).toMatchObject({ status: 'done', counts: { loaded: 1, rejected: 49 } });
  expect(await importOf(plain)).toMatchObject({ status: 'failed', failure: { code: 'too-many-rejects' } });
});

test('a reject file loads whatever its suffix, into the dataset of its import', async () => {
  const source = { prefix: 'people/', suffix: '.tsv' };
  const table = { partition_key: 'id' };
  const { drop, loadAll, importOf, results, events, ledger } = world({
    datasets: parseDatasets({
      b: { source, columns: { age: 'number' }, format: { delimiter: 'tab' }, table },
      c: { source: { ...source, suffix: '.csv' }, table: { same_as: 'b' } },
    }),
  });
  const object = await drop('id\tage\np1\t1\np2\tx\n', 'people/a.tsv');
  await loadAll();
  const { id } = await importOf(object);
  const file = results.text(`rejects/b/${id}/0-000000000000000.csv`).replace('\tx', '\t5');
  const again = await drop(file, 'people/0-000000000000000.csv');
  const other = await drop('id\tage\np3\t1\n', 'people/other.txt');
  await loadAll();
  expect(await importOf(again)).toMatchObject({ dataset: 'b', status: 'done', repairOf: [id] });
  expect(await ledger.readRepairs(id)).toMatchObject({ lines: [3, 3] });
  expect(events).toContainEqual(expect.objectContaining({ type: 'object ignored', key: other.key }));
});

test('a header that names no import of the dataset is told, and its rows load', async () => {
  const { id, fixed, upload, importOf, repaired } = await rejected();
  const renamed = fixed.replace(id, '0'.repeat(20));
  const object = await upload(renamed, 'people/fixed.csv');
  expect(await importOf(object)).toMatchObject({
    status: 'done',
    repairOf: [],
    counts: { loaded: 5 },
    warnings: [{ code: 'repair-unknown' }],
  });
  expect(await repaired()).toMatchObject({ rows: 0 });
});

test('a repair warns if a later file of the dataset was loaded, unless newer_by decides', async () => {
  const newerBy = {
    source: { prefix: 'people/' },
    columns: { age: { type: 'number', optional: true } },
    write: { newer_by: 'age' },
    table: { partition_key: 'id' },
  };
  for (const [options, codes] of [
    [{}, ['repair-behind-newer']],
    [{ dataset: newerBy }, []],
  ] as const) {
    const { fixed, upload, importOf, clock } = await rejected(options);
    await clock.run(clock.sleep(1000));
    await upload('id,age\np2,9\n', 'people/later.csv');
    const object = await upload(fixed, 'people/fixed.csv');
    expect((await importOf(object)).warnings.map(({ code }) => code)).toEqual(codes);
  }
});

test('the count is the same however often loaders die before the checkpoint', async () => {
  let failures = 6;
  const { fixed, drop, loadNext, queue, repaired, ledger, importOf, clock } = await rejected({
    ports: ({ ledger }) => ({
      ledger: {
        ...ledger,
        async addRepairs(...args) {
          await ledger.addRepairs(...args);
          if (failures-- > 0) throw new Error('the loader died');
        },
      },
    }),
  });
  const object = await drop(fixed, 'people/fixed.csv');
  for (let loaders = 0; (await importOf(object)).status !== 'done'; loaders++) {
    expect(loaders).toBeLessThan(20);
    const [chunk] = await ledger.readChunks((await importOf(object)).id);
    if (queue.messages.length === 0)
      queue.messages.push({ importId: chunk!.importId, chunk: 0, epoch: chunk!.epoch, delayMs: 0 });
    await loadNext(900_000, `owner-${loaders}`).catch(() => undefined);
    // The lease of a dead loader ends.
    await clock.run(clock.sleep(61_000));
  }
  expect(failures).toBeLessThan(0);
  expect(await repaired()).toEqual({ rows: 5, of: 5, isComplete: true });
});

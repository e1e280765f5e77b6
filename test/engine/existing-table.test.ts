import { expect, test } from 'vitest';
import { tableAsDeclared } from '../../sim/table-as-declared.ts';
import { world } from './world.ts';

const dataset = (existing: string) => ({
  source: { prefix: 'people/' },
  table: { existing, partition_key: 'id' },
});

test('a table that exists is compared before the first row, and an import fails if its key is another', async () => {
  const { drop, loadAll, importOf, items, source } = world({
    dataset: dataset('orders'),
    ports: () => ({
      describeTable: async () => ({
        key: { partition: { name: 'pk', type: 'S' }, sort: null },
        indexes: {},
      }),
    }),
  });
  const object = await drop('id\np1\n');
  source.delete(object);
  expect(await loadAll()).toEqual([{ kind: 'failed', code: 'table-key-mismatch' }]);
  expect((await importOf(object)).failure?.reason).toMatch(/'orders'.*pk \(S\).*id \(S\)/);
  expect(items()).toEqual([]);
});

test('a table that exists is loaded if it is as the dataset declares it', async () => {
  const described: string[] = [];
  const { drop, loadAll, items } = world({
    dataset: dataset('orders'),
    ports: () => ({
      describeTable: (given) => {
        described.push(given.name);
        return tableAsDeclared(given);
      },
    }),
  });
  await drop('id\np1\n');
  expect(await loadAll()).toEqual([{ kind: 'finished', isDone: true }]);
  expect(items()).toHaveLength(1);
  expect(described).toEqual(['people']);
});

test('a value that has the wrong type for a key of one of its indexes is rejected before it is sent', async () => {
  const { drop, loadAll, items, rejects } = world({
    dataset: { ...dataset('orders'), columns: { data: 'string' } },
    ports: () => ({
      describeTable: async (given) => ({
        ...(await tableAsDeclared(given)),
        indexes: { 'by-data': { partition: { name: 'data', type: 'S' }, sort: null } },
      }),
    }),
  });
  await drop('id,data\np1,""\np2,x\n');
  await loadAll();
  expect(items()).toEqual([{ id: { S: 'p2' }, data: { S: 'x' } }]);
  expect(rejects()).toMatchObject([{ id: 'p1', sluice_code: 'index-key-invalid' }]);
});

test('a table that the deployment creates is not described', async () => {
  const { drop, loadAll } = world({
    ports: () => ({ describeTable: () => Promise.reject(new Error('not asked for')) }),
  });
  await drop('id\np1\n');
  expect(await loadAll()).toEqual([{ kind: 'finished', isDone: true }]);
});

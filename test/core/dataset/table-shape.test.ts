import { describe, expect, test } from 'vitest';
import { parseDataset } from '../../../src/core/dataset/dataset.ts';
import {
  checkTableShape,
  keyText,
  tableShape,
  type TableShape,
} from '../../../src/core/dataset/table-shape.ts';
import { tableName } from '../../../src/core/dataset/table-name.ts';

const dataset = parseDataset('orders', {
  source: { prefix: 'orders/' },
  columns: { total: 'number', mail: { as: 'email' }, secret: 'drop' },
  attributes: { pk: 'ORDER#${id}' },
  table: {
    existing: 'orders',
    partition_key: 'pk',
    sort_key: 'total',
    indexes: { 'by-mail': { partition_key: 'email', sort_key: 'total' } },
  },
});

const S = (name: string) => ({ name, type: 'S' }) as const;
const N = (name: string) => ({ name, type: 'N' }) as const;
const right: TableShape = {
  key: { partition: S('pk'), sort: N('total') },
  indexes: { 'by-mail': { partition: S('email'), sort: N('total') } },
};

describe('a table that the deployment does not create', () => {
  test('is fine if it has the declared key and indexes, and others of the same types', () => {
    expect(() => checkTableShape(dataset, right)).not.toThrow();
    const more = {
      'by-total': { partition: N('total'), sort: null },
      'by-secret': { partition: N('secret'), sort: null },
      'by-unknown': { partition: { name: 'unknown', type: 'B' }, sort: S('pk') },
    } as const;
    expect(() =>
      checkTableShape(dataset, { ...right, indexes: { ...right.indexes, ...more } }),
    ).not.toThrow();
  });

  test.each<[string, TableShape, string, string[]]>([
    [
      'another partition key',
      { ...right, key: { partition: S('id'), sort: N('total') } },
      'table-key-mismatch',
      ['id (S), total (N)', 'pk (S), total (N)'],
    ],
    [
      'a key of another type',
      { ...right, key: { partition: S('pk'), sort: S('total') } },
      'table-key-mismatch',
      ['pk (S), total (S)', 'pk (S), total (N)'],
    ],
    [
      'no sort key',
      { ...right, key: { partition: S('pk'), sort: null } },
      'table-key-mismatch',
      ['pk (S)', 'pk (S), total (N)'],
    ],
    ['no such index', { ...right, indexes: {} }, 'table-index-mismatch', ["no index 'by-mail'", 'none']],
    [
      'an index with another key',
      { ...right, indexes: { 'by-mail': { partition: S('email'), sort: null } } },
      'table-index-mismatch',
      ['email (S)', 'email (S), total (N)'],
    ],
    [
      'an index whose key has another type than an attribute of the dataset',
      { ...right, indexes: { ...right.indexes, other: { partition: S('total'), sort: null } } },
      'table-index-mismatch',
      ["'other'", 'total (S)', 'total (N)'],
    ],
  ])('is refused if it has %s', (_what, shape, code, parts) => {
    const refusal = expect.objectContaining({ code });
    expect(() => checkTableShape(dataset, shape)).toThrow(refusal);
    for (const part of parts) expect(() => checkTableShape(dataset, shape)).toThrow(part);
    expect(() => checkTableShape(dataset, shape)).toThrow('datasets/orders.yaml');
  });
});

test('the shape of a table is read from its description', () => {
  const shape = tableShape({
    AttributeDefinitions: [
      { AttributeName: 'total', AttributeType: 'N' },
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'email', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'total', KeyType: 'RANGE' },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: 'local',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'email', KeyType: 'RANGE' },
        ],
      },
    ],
    GlobalSecondaryIndexes: [
      { IndexName: 'global', KeySchema: [{ AttributeName: 'email', KeyType: 'HASH' }] },
    ],
  });
  expect(shape).toEqual({
    key: right.key,
    indexes: {
      local: { partition: S('pk'), sort: S('email') },
      global: { partition: S('email'), sort: null },
    },
  });
  expect(keyText(shape.key)).toBe('pk (S), total (N)');
});

test.each([
  ['a table of the deployment', { existing: null, name: 'orders' }, 'sluice-orders'],
  ['a table that exists', { existing: 'orders', name: 'o' }, 'orders'],
  [
    'a table of another account',
    { existing: 'arn:aws:dynamodb:eu-west-1:210987654321:table/orders', name: 'o' },
    'arn:aws:dynamodb:eu-west-1:210987654321:table/orders',
  ],
])('the name of %s', (_what, table, expected) => {
  expect(tableName(table, 'sluice-')).toBe(expected);
});

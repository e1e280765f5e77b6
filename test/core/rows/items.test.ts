import { describe, expect, test } from 'vitest';
import { faultsOf, itemOf, mapRow, mapRows } from './map-row.ts';

const orders = {
  columns: { total: { type: 'number' }, rank: { type: 'number', optional: true } },
  attributes: { pk: 'CUSTOMER#${customer_id}' },
  items: {
    order: { exclude: ['customer_name'], attributes: { sk: 'ORDER#${order_id}', entity: 'Order' } },
    customer: {
      where: 'customer_name != null',
      include: ['customer_id', 'customer_name'],
      attributes: { sk: 'PROFILE', entity: 'Customer', seen: '${updated_at}' },
      write: { mode: 'merge', newer_by: 'seen' },
    },
  },
  table: { partition_key: 'pk', sort_key: 'sk' },
};
const header = ['order_id', 'customer_id', 'customer_name', 'total', 'updated_at'];

describe('items', () => {
  test('makes several items of a row, each with its own attributes and write mode', () => {
    const { items } = mapRow(orders, header, 'o1,c1,Ann,7,2025');
    expect(items.map(({ item, plan }) => ({ item, plan }))).toEqual([
      {
        plan: { kind: 'put', newerBy: null },
        item: {
          pk: { S: 'CUSTOMER#c1' },
          sk: { S: 'ORDER#o1' },
          order_id: { S: 'o1' },
          customer_id: { S: 'c1' },
          total: { N: '7' },
          updated_at: { S: '2025' },
          entity: { S: 'Order' },
        },
      },
      {
        plan: { kind: 'merge', newerBy: 'seen' },
        item: {
          pk: { S: 'CUSTOMER#c1' },
          sk: { S: 'PROFILE' },
          customer_id: { S: 'c1' },
          customer_name: { S: 'Ann' },
          entity: { S: 'Customer' },
          seen: { S: '2025' },
        },
      },
    ]);
    expect(items[0]!.partitionHash).toBe(items[1]!.partitionHash);
    expect(items[0]!.keyHash).not.toBe(items[1]!.keyHash);
  });

  test('skips an item whose condition is false, and a row that makes none', () => {
    expect(mapRow(orders, header, 'o1,c1,,7,2025').items).toHaveLength(1);
    const { order: _, ...others } = orders.items;
    expect(mapRow({ ...orders, items: others }, header, 'o1,c1,,7,2025')).toEqual({
      items: [],
      isSkipped: true,
    });
  });

  test.each([
    ['two items with one key', { a: {}, b: {} }, { code: 'duplicate-items' }],
    [
      'an item without the attribute of newer_by',
      { a: { write: { newer_by: 'seen' } } },
      { code: 'newer-by-missing', column: 'seen' },
    ],
    ['a condition that has no answer', { a: { where: 'rank > 1' } }, { code: 'where-failed' }],
  ])('refuses %s', (_, items, fault) => {
    const document = { columns: { rank: { type: 'number' } }, items };
    expect(faultsOf(document, ['id', 'rank', 'seen'], 'p1,,')).toMatchObject([fault]);
  });

  test('chooses the write mode by a column, which is not stored', () => {
    const document = {
      columns: { price: { type: 'number' } },
      write: { op_column: 'Op', ops: { I: 'put', U: 'merge', D: 'delete' }, newer_by: 'lsn' },
    };
    const rows = 'I,p1,1,7\nU,p1,2,8\nD,p1,not read,9\nX,p1,1,10\n,p1,1,11\n';
    const outcomes = mapRows(document, ['Op', 'id', 'price', 'lsn'], rows);
    expect(
      outcomes.map(({ items, faults }) => items.map(({ item, plan }) => [plan.kind, item])[0] ?? faults),
    ).toEqual([
      ['put', { id: { S: 'p1' }, price: { N: '1' }, lsn: { S: '7' } }],
      ['merge', { id: { S: 'p1' }, price: { N: '2' }, lsn: { S: '8' } }],
      ['delete', { id: { S: 'p1' }, lsn: { S: '9' } }],
      [{ code: 'op-unknown', column: 'Op', reason: '"X" is none of I, U, D' }],
      [{ code: 'op-unknown', column: 'Op', reason: '"" is none of I, U, D' }],
    ]);
  });

  test('stores the column of the write mode if it is declared', () => {
    const document = { columns: { Op: 'string' }, write: { op_column: 'Op', ops: { I: 'put' } } };
    expect(itemOf(document, ['Op', 'id'], 'I,p1')).toEqual({ id: { S: 'p1' }, Op: { S: 'I' } });
  });

  test('lists what a merge removes, behind the attributes that it sets', () => {
    const document = {
      columns: { a: { on_null: 'remove' }, b: { on_null: 'remove' }, c: {} },
      write: { mode: 'merge' },
    };
    expect(itemOf(document, ['id', 'a', 'b', 'c'], 'p1,,x,')).toEqual({
      id: { S: 'p1' },
      b: { S: 'x' },
      '': { remove: ['a'], absent: [] },
    });
  });

  test('stores nulls on request', () => {
    const document = { columns: { a: { on_null: 'store' }, b: {} } };
    expect(itemOf(document, ['id', 'a', 'b'], 'p1,,')).toEqual({ id: { S: 'p1' }, a: { NULL: true } });
  });

  test('collects other columns in a map, which is missing if all of them are null', () => {
    const document = { columns: { a: 'number' }, other_columns: { collect: 'extras' } };
    const known = { ...document, columns: { ...document.columns, id: 'string' } };
    const outcomes = mapRows(known, ['id', 'a', 'x', 'y.z'], 'p1,1,2,3\np2,1,,\n');
    expect(outcomes.map(({ items }) => items[0]!.item)).toEqual([
      { id: { S: 'p1' }, a: { N: '1' }, extras: { M: { x: { S: '2' }, 'y.z': { S: '3' } } } },
      { id: { S: 'p2' }, a: { N: '1' } },
    ]);
  });

  test('counts sizes as DynamoDB does: names, values, and what maps cost', () => {
    const document = { columns: { a: { as: 'm.a' }, b: { as: 'm.b', type: 'number' } } };
    const { items } = mapRow(document, ['id', 'a', 'b'], 'p1,xy,12');
    // id + p1, then m, 3 for the map, and for each member 1, its name and its value.
    expect(items[0]!.sizeBytes).toBe(4 + 1 + 3 + (1 + 1 + 2) + (1 + 1 + 2));
  });

  test('refuses an item over 400 KB before it is written', () => {
    const document = { attributes: { copy: '${a}!', again: '${a}?' } };
    expect(faultsOf(document, ['id', 'a'], `p1,${'x'.repeat(200_000)}`)).toMatchObject([
      { code: 'item-too-large', reason: 'the item has 600016 bytes; DynamoDB takes 409600' },
    ]);
  });
});

describe('keys of indexes', () => {
  const document = {
    columns: { rank: { type: 'number' } },
    table: { partition_key: 'id', indexes: { by_rank: { partition_key: 'email', sort_key: 'rank' } } },
  };
  test.each([
    ['plain', document],
    ['with a condition', { ...document, where: "id != ''" }],
  ])('may be missing, but not empty: %s', (_, of) => {
    expect(itemOf(of, ['id', 'email', 'rank'], 'p1,,')).toEqual({ id: { S: 'p1' } });
    expect(faultsOf(of, ['id', 'email', 'rank'], 'p1,"",1')).toMatchObject([
      { code: 'index-key-invalid', column: 'email', reason: expect.stringContaining("'by_rank'") },
    ]);
    expect(faultsOf(of, ['id', 'email', 'rank'], `p1,${'x'.repeat(2049)},1`)).toMatchObject([
      { code: 'index-key-invalid', column: 'email' },
    ]);
  });
});

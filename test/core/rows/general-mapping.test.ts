import { describe, expect, test } from 'vitest';
import { mapRow, mapRows } from './map-row.ts';

const orders = {
  columns: {
    'Order No': { as: 'order_id' },
    Street: { as: 'address.street' },
    Zip: { as: 'address.zip' },
    Total: { as: 'total', type: 'number' },
    Internal: 'drop',
  },
  where: "status != 'cancelled'",
  attributes: { pk: 'CUSTOMER#${customer}', sk: 'ORDER#${order_id | pad:6}', zone: '${Internal}' },
  table: { partition_key: 'pk', sort_key: 'sk' },
};
const header = ['Order No', 'customer', 'Street', 'Zip', 'Total', 'Internal', 'status'];

describe('the general mapping', () => {
  test('renames, nests, composes keys, and leaves out dropped columns', () => {
    const { items } = mapRow(orders, header, '17,c1,Main St,0123,1.50,x,open');
    expect(items[0]!.item).toEqual({
      pk: { S: 'CUSTOMER#c1' },
      sk: { S: 'ORDER#000017' },
      order_id: { S: '17' },
      customer: { S: 'c1' },
      address: { M: { street: { S: 'Main St' }, zip: { S: '0123' } } },
      total: { N: '1.50' },
      status: { S: 'open' },
      zone: { S: 'x' },
    });
    expect(items[0]!.key).toBe('{"pk":{"S":"CUSTOMER#c1"},"sk":{"S":"ORDER#000017"}');
  });

  test('skips rows for which the condition is false, without looking at their other cells', () => {
    const rows = '17,c1,,,old,,cancelled\n17,c1,,,old,,open\n';
    expect(mapRows(orders, header, rows)).toMatchObject([
      { isSkipped: true },
      { faults: [{ code: 'number-invalid', column: 'Total' }] },
    ]);
  });
});

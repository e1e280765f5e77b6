import { describe, expect, test } from 'vitest';
import { DEFAULT_FORMAT } from '../../../src/core/csv/format.ts';
import { parseDataset, parseDatasets, readResolved } from '../../../src/core/dataset/dataset.ts';

const minimal = { source: { prefix: 'orders/' }, table: { partition_key: 'id' } };

/** A document with something in every section. */
const rich = {
  source: { prefix: 'orders/', suffix: ['.csv', '.CSV.GZ'], ignore_case: true },
  expect: { every: '24h' },
  format: {
    encoding: 'latin1',
    delimiter: 'tab',
    quote: 'none',
    comment: '#',
    skip_lines: { until: 'Date' },
    skip_footer: { from: 'Total' },
    null_values: 'NULL',
    thousands: '.',
    decimal: ',',
    time_zone: 'Europe/Berlin',
  },
  columns: {
    'Order No': { as: 'order_id', aliases: 'OrderNo', not_null: true, optional: false, length: 8 },
    Total: { as: 'total', type: 'number', strip: '€', divide: 100, thousands: 'none', enum: ['1', '2'] },
    Street: { as: 'address.street', length: { min: 1 } },
    Internal: 'drop',
    paid: 'boolean',
    at: 'number',
  },
  other_columns: { collect: 'extras' },
  where: 'total != null',
  transform: './orders.ts',
  attributes: {
    sk: 'ORDER#${key}',
    key: '${order_id | pad:10}',
    sum: { value: '${total}', type: 'number', min: '0' },
    shout: { value: '${order_id}', case: 'upper' },
    expires_at: { ttl: 'at', after: '90d' },
  },
  items: {
    order: { exclude: 'paid', attributes: { pk: 'O#${order_id}' } },
    log: {
      where: 'paid',
      include: ['order_id'],
      attributes: { pk: 'L#${order_id}' },
      write: { mode: 'insert', newer_by: 'none' },
    },
  },
  write: { op_column: 'op', ops: { I: 'put', D: 'delete' }, newer_by: 'at' },
  load: { rows: 'parallel', files: 'in_order', max_rejects: 5 },
  table: {
    partition_key: 'pk',
    sort_key: 'sk',
    billing: 'on_demand',
    max_write_units: 100,
    tags: { team: 'data' },
    indexes: {
      by_total: { partition_key: 'total', sort_key: 'at', projection: ['paid'] },
      by_key: { sort_key: 'key', local: true },
    },
  },
};

const resolved = parseDataset('orders', rich, 'export default (row) => row;');

describe('a resolved document', () => {
  test('has the default format, one item with everything, and no rules for a minimal document', () => {
    expect(parseDataset('orders', minimal)).toMatchObject({
      expect: null,
      format: DEFAULT_FORMAT,
      other_columns: 'keep',
      where: null,
      transform: null,
      attributes: [],
      items: [{ name: '', where: null, include: null, exclude: [], attributes: [] }],
      write: { mode: 'put', op_column: null, ops: null, newer_by: null },
      load: { rows: 'in_order', files: 'parallel', chunk_mb: 256, max_parallel: 4, max_reject_ratio: 0.5 },
    });
  });

  test('has lists where a list may be written as one value, and null for none', () => {
    expect(resolved.source).toEqual({ prefix: 'orders/', suffix: ['.csv', '.CSV.GZ'], ignore_case: true });
    expect(resolved.format).toEqual({
      ...DEFAULT_FORMAT,
      encoding: 'windows-1252',
      delimiter: '\t',
      quote: null,
      comment: ['#'],
      skip_lines: { until: 'Date' },
      skip_footer: { from: 'Total', max: 10 },
      null_values: ['NULL'],
      thousands: ['.'],
      decimal: ',',
      time_zone: 'Europe/Berlin',
    });
  });

  test('has of a column only what the document says, in one shape', () => {
    expect(resolved.columns).toEqual({
      'Order No': { as: 'order_id', aliases: ['OrderNo'], not_null: true, length: { min: 8, max: 8 } },
      Total: { as: 'total', type: 'number', strip: ['€'], divide: 100, thousands: [], enum: ['1', '2'] },
      Street: { as: 'address.street', length: { min: 1, max: null } },
      Internal: { drop: true },
      paid: { type: 'boolean' },
      at: { type: 'number' },
    });
  });

  test('has each attribute after those that it refers to', () => {
    expect(resolved.attributes).toEqual([
      { name: 'key', template: '${order_id | pad:10}' },
      { name: 'sum', template: '${total}', type: 'number', min: '0' },
      { name: 'shout', template: '${order_id}', type: 'string', case: 'upper' },
      { name: 'expires_at', ttl: 'at', after: '90d' },
      { name: 'sk', template: 'ORDER#${key}' },
    ]);
  });

  test('has for each item how it is written: what it does not say is that of the dataset', () => {
    const write = { mode: 'put', op_column: 'op', ops: { I: 'put', D: 'delete' }, newer_by: 'at' };
    expect(resolved.items).toEqual([
      {
        name: 'order',
        where: null,
        include: null,
        exclude: ['paid'],
        attributes: [{ name: 'pk', template: 'O#${order_id}' }],
        write,
      },
      {
        name: 'log',
        where: 'paid',
        include: ['order_id'],
        exclude: [],
        attributes: [{ name: 'pk', template: 'L#${order_id}' }],
        write: { mode: 'insert', op_column: null, ops: null, newer_by: null },
      },
    ]);
  });

  test('has the types of key attributes, and the attribute with the time to live', () => {
    expect(resolved.key).toEqual({ partition: { name: 'pk', type: 'S' }, sort: { name: 'sk', type: 'S' } });
    expect(resolved.table).toMatchObject({
      name: 'orders',
      existing: null,
      same_as: null,
      ttl_attribute: 'expires_at',
      autoscaling: null,
      max_write_units: 100,
      kms: null,
      indexes: {
        by_total: {
          partition_key: { name: 'total', type: 'N' },
          sort_key: { name: 'at', type: 'N' },
          projection: 'include',
          include: ['paid'],
          local: false,
        },
        by_key: { partition_key: { name: 'pk', type: 'S' }, projection: 'all', include: [], local: true },
      },
    });
  });

  test('is the same after it is written as JSON and read', () => {
    for (const dataset of [resolved, parseDataset('orders', minimal)]) {
      expect(readResolved(JSON.parse(JSON.stringify(dataset)))).toEqual(dataset);
    }
  });

  test('has another digest with another transform, attribute, item or write, and the same for other times and files', () => {
    const digest = (more: object, code = '') => parseDataset('orders', { ...minimal, ...more }, code).digest;
    const same = [{ expect: { every: '1h' } }, { load: { files: 'in_order' } }];
    for (const more of same) expect(digest(more)).toBe(digest({}));
    const other = [
      digest({}),
      digest({ transform: './a.ts' }, 'a'),
      digest({ transform: './a.ts' }, 'b'),
      digest({ attributes: { a: 'x' } }),
      digest({ where: 'true' }),
      digest({ items: { a: {} } }),
      digest({ write: { mode: 'insert' } }),
      digest({ columns: { id: 'string' }, other_columns: 'reject' }),
      digest({ table: { partition_key: 'id', existing: 'things' } }),
    ];
    expect(new Set(other).size).toBe(other.length);
  });
});

describe('a dataset with the table of another', () => {
  const owner = {
    source: { prefix: 'customers/' },
    attributes: { pk: 'C#${id}' },
    table: { partition_key: 'pk', sort_key: 'n', indexes: { by_mail: { partition_key: 'mail' } } },
    columns: { n: 'number' },
  };
  const sharing = {
    source: { prefix: 'orders/' },
    columns: { n: 'number' },
    attributes: { pk: 'C#${customer_id}' },
    table: { same_as: 'customers' },
  };

  test('has its key and its properties, also after it is written as JSON and read', () => {
    const [customers, orders] = parseDatasets({ customers: owner, orders: sharing });
    expect(orders).toMatchObject({
      name: 'orders',
      key: customers!.key,
      table: { ...customers!.table, same_as: 'customers' },
    });
    expect(readResolved(JSON.parse(JSON.stringify(orders)))).toEqual(orders);
  });

  test.each([
    ['a key attribute of another type', { columns: { n: 'string' } }, /'n' is a string here, and a number/],
    [
      'a key attribute that it does not have',
      { columns: { n: 'number', customer_id: 'string' }, attributes: {}, other_columns: 'drop' },
      /table\.same_as: 'pk' is neither a column nor an attribute/,
    ],
    [
      'a time to live that the table does not have',
      { attributes: { pk: 'x', dies: { ttl: 'n', after: '1d' } } },
      /table\.same_as: the table of 'customers' does not have 'dies' as the attribute with the time to live/,
    ],
  ])('is refused with %s', (_, more, message) => {
    expect(() => parseDatasets({ customers: owner, orders: { ...sharing, ...more } })).toThrow(message);
  });

  test('is refused if the other has no table of its own', () => {
    const third = { ...sharing, source: { prefix: 'third/' }, table: { same_as: 'orders' } };
    expect(() => parseDatasets({ customers: owner, orders: sharing, third })).toThrow(
      /'orders' has no table of its own: it says same_as: customers/,
    );
  });
});

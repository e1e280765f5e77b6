import { describe, expect, test } from 'vitest';
import { faultsOf, itemOf, mapRow, mapRows } from '../map-row.ts';

const columns = {
  day: { type: 'date', format: 'dd.MM.yyyy', optional: true },
  at: { type: 'datetime', format: 'dd.MM.yyyy HH:mm', time_zone: 'Europe/Berlin', optional: true },
  epoch: { type: 'datetime', format: 'epoch_s', store: 'epoch_ms', optional: true },
  payload: { type: 'json', optional: true },
};
const header = ['id', 'day', 'at', 'epoch', 'payload', 'text'];
const row =
  'p1,05.03.2025,05.03.2025 00:30,1741131000,"{""user"":{""id"":7,""tags"":[""a"",""b""],""none"":null}}",9.5';

const valueOf = (attribute: unknown, line = row) => {
  const { items, faults } = mapRow({ columns, attributes: { x: attribute } }, header, line);
  return faults === undefined ? items[0]!.item['x'] : faults.map(({ code, column }) => ({ code, column }));
};

describe('an attribute', () => {
  test.each([
    ['a date in another format', '${day | date:yyyy/MM}', { S: '2025/03' }],
    ['a date in a text', 'D#${day}', { S: 'D#2025-03-05' }],
    ["a datetime in the column's zone", '${at | date:yyyy-MM-dd}', { S: '2025-03-05' }],
    ['a datetime as it is stored: UTC', '${at}', { S: '2025-03-04T23:30:00.000Z' }],
    ['a date and further filters', '${day | date:MMM | upper}', { S: 'MAR' }],
    ['an instant that is stored as a number', '${epoch}', { N: '1741131000000' }],
    ['a path into JSON, with its type', '${payload.user.id}', { N: '7' }],
    ['an element of a list', '${payload.user.tags.1}', { S: 'b' }],
    ['a part of JSON', '${payload.user.tags}', { L: [{ S: 'a' }, { S: 'b' }] }],
    ['a date in JSON, in another format', '${payload.user.at | date:yyyy}', undefined],
    ['a path in a text', 'U#${payload.user.id | pad:3}', { S: 'U#007' }],
    ['nothing for a path that is missing', '${payload.user.name}', undefined],
    ['nothing for a path beyond a text', '${payload.user.id.x}', undefined],
    ['nothing for a null in a text', 'U#${payload.user.none}', undefined],
    ['a list in a text', 'U#${payload.user.tags}', [{ code: 'template-part-invalid', column: 'x' }]],
    ['a number that is read from a text', { value: '${text}', type: 'number' }, { N: '9.5' }],
    ['a number that is none', { value: '${id}', type: 'number' }, [{ code: 'number-invalid', column: 'x' }]],
    [
      'a datetime that is read from two cells',
      {
        value: '${day | date:yyyy-MM-dd} 12:00',
        type: 'datetime',
        format: 'yyyy-MM-dd HH:mm',
        time_zone: 'UTC',
      },
      { S: '2025-03-05T12:00:00.000Z' },
    ],
    ['a time to live after a datetime', { ttl: 'at', after: '90d' }, { N: String(1741131000 + 90 * 86_400) }],
    ['a time to live after an epoch', { ttl: 'epoch', after: '1h' }, { N: '1741134600' }],
    ['a time to live after a date', { ttl: 'day', after: '1d' }, { N: String(Date.UTC(2025, 2, 6) / 1000) }],
  ])('can be %s', (_, attribute, expected) => {
    expect(valueOf(attribute)).toEqual(expected);
  });

  test.each([
    ['a text', 'D#${day}'],
    ['a date', '${day | date:yyyy}'],
    ['a path', '${payload.user.id}'],
    ['a time to live', { ttl: 'at', after: '90d' }],
    ['a typed value', { value: '${text}', type: 'number' }],
  ])('is missing if its value is: %s', (_, attribute) => {
    expect(valueOf(attribute, 'p1,,,,,')).toBeUndefined();
  });

  test('is the default of its type, if its value is missing', () => {
    expect(valueOf({ value: '${text}', type: 'number', default: '3' }, 'p1,,,,,')).toEqual({ N: '3' });
  });

  test('sees what a transform returns', () => {
    const document = { columns, attributes: { x: '${at | date:yyyy}', y: { ttl: 'at', after: '1d' } } };
    const { items } = mapRow(document, header, row, (each) => ({
      ...each,
      at: new Date('2030-01-01T00:00:00Z'),
    }));
    expect(items[0]!.item).toMatchObject({ x: { S: '2030' }, y: { N: String(Date.UTC(2030, 0, 2) / 1000) } });
  });
});

describe('a condition', () => {
  test.each([
    ["day == '2025-03-05'", true],
    ["day > '2025-03-05'", false],
    ["at == timestamp('2025-03-04T23:30:00Z')", true],
    ['at == epoch', true],
    ['payload.user.id == 7', true],
    ["'a' in payload.user.tags", true],
    ['has(payload.user.name)', false],
  ])('%s', (where, holds) => {
    expect(mapRow({ columns, where }, header, row).items).toHaveLength(holds ? 1 : 0);
  });
});

test('a date in a value of JSON can be written in another format', () => {
  const document = {
    columns,
    attributes: { x: '${payload.at | date:dd.MM.}', y: { ttl: 'payload.at', after: '1d' } },
  };
  const line = 'p1,,,,"{""at"":""2025-03-05T10:00:00Z""}",';
  expect(itemOf(document, header, line)).toMatchObject({
    x: { S: '05.03.' },
    y: { N: String(Date.UTC(2025, 2, 6, 10) / 1000) },
  });
});

test.each([
  [{ where: "statsu == 'x'" }, `The condition "statsu == 'x'" refers to 'statsu', which is no attribute`],
  [{ attributes: { x: '${tex}!' } }, "The header has no column 'tex' (did you mean 'text'?)"],
  [{ write: { op_column: 'Op', ops: { I: 'put' } } }, "The header has no column 'Op'"],
])('a rule that names a missing column fails the file: %j', (rule, message) => {
  let error: unknown;
  try {
    mapRow(rule, ['id', 'text'], 'p1,x');
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: 'column-missing', message: expect.stringContaining(message) });
});

describe('a transform', () => {
  test('gets instants as dates and JSON as values, and what it returns unchanged is stored as it was', () => {
    let given: Record<string, unknown> = {};
    const { items } = mapRow({ columns }, header, row, (each) => ((given = each), each));
    expect(given).toEqual({
      id: 'p1',
      day: '2025-03-05',
      at: new Date('2025-03-04T23:30:00Z'),
      epoch: new Date(1741131000000),
      payload: { user: { id: 7, tags: ['a', 'b'], none: null } },
      text: '9.5',
    });
    expect(items[0]!.item).toEqual({
      id: { S: 'p1' },
      day: { S: '2025-03-05' },
      at: { S: '2025-03-04T23:30:00.000Z' },
      epoch: { N: '1741131000000' },
      payload: {
        M: { user: { M: { id: { N: '7' }, tags: { L: [{ S: 'a' }, { S: 'b' }] }, none: { NULL: true } } } },
      },
      text: { S: '9.5' },
    });
  });

  test('stores a changed date as the column says', () => {
    const changed = mapRow({ columns }, header, row, (each) => {
      (each['epoch'] as Date).setUTCFullYear(2030);
      return each;
    });
    expect(changed.items[0]!.item['epoch']).toEqual({ N: String(Date.UTC(2030, 2, 4, 23, 30)) });
  });
});

describe('merges', () => {
  test('set a default only where the attribute is absent', () => {
    const document = {
      columns: { a: { default: 'x' }, b: { type: 'number', default: '1' } },
      write: { mode: 'merge' },
    };
    const outcomes = mapRows(document, ['id', 'a', 'b'], 'p1,,\np2,y,2\n');
    expect(outcomes.map(({ items }) => items[0]!.item)).toEqual([
      { id: { S: 'p1' }, a: { S: 'x' }, b: { N: '1' }, '': { remove: [], absent: ['a', 'b'] } },
      { id: { S: 'p2' }, a: { S: 'y' }, b: { N: '2' } },
    ]);
  });
});

describe('hostile rows', () => {
  test('deep JSON is refused, and a path finds nothing in it', () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    expect(faultsOf({ columns, attributes: { x: '${payload.0}' } }, header, `p1,,,,"${deep}",`)).toHaveLength(
      1,
    );
  });

  test('a condition reads a bounded part of a value', () => {
    const where = "'x' in payload.list";
    const list = JSON.stringify({ list: Array.from({ length: 2000 }, (_, index) => index % 10) }).replaceAll(
      '"',
      '""',
    );
    expect(faultsOf({ columns, where }, header, `p1,,,,"${list}",`)).toMatchObject([
      { code: 'where-failed', reason: expect.stringContaining('a condition can read 1000') },
    ]);
    expect(faultsOf({ where: "text == 'x'" }, ['id', 'text'], `p1,${'x'.repeat(70_000)}`)).toMatchObject([
      { code: 'where-failed', reason: expect.stringContaining('a condition can read 65536') },
    ]);
  });

  test('10,000 columns become one map', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `c${index}`);
    const document = { columns: { id: 'string' }, other_columns: { collect: 'rest' } };
    const { rest } = itemOf(document, ['id', ...names], `p1,${names.join(',')}`) as { rest: { M: object } };
    expect(Object.keys(rest.M)).toHaveLength(10_000);
  });

  test('a name of a property is a name like others', () => {
    const header = ['id', '__proto__', 'constructor', 'toString'];
    const item = itemOf({ attributes: { x: '${constructor}!' } }, header, 'p1,a,b,c');
    expect(Object.entries(item)).toEqual([
      ['id', { S: 'p1' }],
      ['__proto__', { S: 'a' }],
      ['constructor', { S: 'b' }],
      ['toString', { S: 'c' }],
      ['x', { S: 'b!' }],
    ]);
  });
});

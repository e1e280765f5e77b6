import { describe, expect, test } from 'vitest';
import type { Transform } from '../../../src/core/rows/transform/transformer.ts';
import { mapRow, mapRows } from './map-row.ts';

const document = {
  columns: {
    n: { type: 'number' },
    flag: { type: 'boolean' },
    Street: { as: 'address.street' },
    Zip: { as: 'address.zip' },
  },
};
const header = ['id', 'n', 'flag', 'Street', 'Zip', 'text'];
const row = 'p1,1.50,yes,Main,0123,abc';

const run = (transform: Transform, of: object = document, line = row) => mapRow(of, header, line, transform);
const itemBy = (transform: Transform) => run(transform).items[0]?.item;

describe('a transform', () => {
  test('gets values of JavaScript, and where the row is from', () => {
    let given: unknown[] = [];
    run((...args) => void (given = structuredClone(args)));
    expect(given).toEqual([
      { id: 'p1', n: 1.5, flag: true, address: { street: 'Main', zip: '0123' }, text: 'abc' },
      { file: 'people/a.csv', line: 2, import: 'i1', imported_at: '2026-01-02T03:04:05.678Z' },
    ]);
  });

  test('stores what it returns unchanged as the cells say', () => {
    expect(itemBy((each) => each)).toEqual({
      id: { S: 'p1' },
      n: { N: '1.5' },
      flag: { BOOL: true },
      address: { M: { street: { S: 'Main' }, zip: { S: '0123' } } },
      text: { S: 'abc' },
    });
  });

  test.each([
    ['a string', 'x"\\\n', { S: 'x"\\\n' }],
    ['an empty string', '', { S: '' }],
    ['a number', 1.25, { N: '1.25' }],
    ['a number with an exponent', 1e21, { N: '1000000000000000000000' }],
    ['a bigint', 12345678901234567890n, { N: '12345678901234567890' }],
    ['a boolean', false, { BOOL: false }],
    ['null', null, { NULL: true }],
    ['undefined', undefined, undefined],
    ['a date', new Date(0), { S: '1970-01-01T00:00:00.000Z' }],
    ['bytes', Uint8Array.of(1, 2, 255), { B: 'AQL/' }],
    ['a set of strings', new Set(['a', 'b']), { SS: ['a', 'b'] }],
    ['a set of numbers', new Set([1, 2n]), { NS: ['1', '2'] }],
    [
      'a list',
      [1, 'a', undefined, [null]],
      { L: [{ N: '1' }, { S: 'a' }, { NULL: true }, { L: [{ NULL: true }] }] },
    ],
    ['an object', { a: { b: 1 }, c: undefined }, { M: { a: { M: { b: { N: '1' } } } } }],
    ['a map', new Map([['a', 1]]), { M: { a: { N: '1' } } }],
  ])('can make %s', (_, value, expected) => {
    expect(itemBy(({ id }) => ({ id, x: value }))?.['x']).toEqual(expected);
  });

  let deep: unknown = 1;
  for (let depth = 0; depth < 40; depth++) deep = [deep];
  test.each([
    ['NaN', Number.NaN, '"NaN", no number'],
    ['a number beyond DynamoDB', 1e200, "beyond DynamoDB's numbers"],
    ['a function', () => 1, 'a function'],
    ['a symbol', Symbol('x'), 'a symbol'],
    ['an invalid date', new Date(Number.NaN), 'an invalid date'],
    ['an empty set', new Set(), 'an empty set'],
    ['a mixed set', new Set([1, 'a']), 'a set of other than strings or numbers'],
    ['half a surrogate pair', '\ud800', 'half a surrogate pair'],
    ['a value of 40 levels', deep, 'deeper than 32 levels'],
    ['over 400 KB', 'x'.repeat(500_000), 'over 409600 bytes'],
    ['over 400 KB in a list', Array.from({ length: 200_000 }, () => 1), 'over 409600 bytes'],
  ])('is refused for %s', (_, value, reason) => {
    const { faults } = run(({ id }) => ({ id, x: value }));
    expect(faults).toMatchObject([
      { code: 'transform-failed', column: '', reason: expect.stringContaining(reason) },
    ]);
  });

  test.each([
    [
      'an exception',
      () => {
        throw new TypeError('no such thing');
      },
      'transform: TypeError: no such thing',
    ],
    ['a promise', async () => ({}), 'must not be async'],
    ['a text', () => 'x', 'what is no row'],
    [
      'a column that is no map',
      ({ id }: Record<string, unknown>) => ({ id, address: 1 }),
      "'address' that is no object",
    ],
    [
      'a member that no column is',
      ({ id }: Record<string, unknown>) => ({ id, address: { town: 1 } }),
      "'address.town', which no column is",
    ],
    ['a text for a number', ({ id }: Record<string, unknown>) => ({ id, n: 'one' }), '"one", no number'],
  ])('is refused for %s', (_, transform, reason) => {
    expect(run(transform as Transform).faults).toMatchObject([
      { code: 'transform-failed', reason: expect.stringContaining(reason) },
    ]);
  });

  test('reads a text for a column of numbers as the number', () => {
    expect(itemBy((each) => ({ ...each, n: '0012.50' }))).toMatchObject({ n: { N: '12.5' } });
  });

  test('makes no row, one, or several', () => {
    expect(run(() => undefined)).toEqual({ items: [], isSkipped: true });
    const { items } = run((each) =>
      [1, 2].map((part) => ({ ...each, id: `${String(each['id'])}-${part}`, part })),
    );
    expect(items.map(({ item }) => [item['id'], item['part'], item['text']])).toEqual([
      [{ S: 'p1-1' }, { N: '1' }, { S: 'abc' }],
      [{ S: 'p1-2' }, { N: '2' }, { S: 'abc' }],
    ]);
  });

  test('refuses more than 100 rows, and two with one key', () => {
    expect(run((each) => Array.from({ length: 101 }, () => each)).faults).toMatchObject([
      { code: 'too-many-items' },
    ]);
    expect(run((each) => [each, each]).faults).toMatchObject([{ code: 'duplicate-items' }]);
  });

  test('comes after the condition and before the attributes', () => {
    const of = { ...document, where: "text == 'abc'", attributes: { x: '${made}#${text}' } };
    expect(run((each) => ({ ...each, text: 'new', made: 7 }), of).items[0]!.item).toMatchObject({
      x: { S: '7#new' },
      made: { N: '7' },
    });
    expect(run((each) => each, { ...of, where: "text == 'new'" }).isSkipped).toBe(true);
  });

  test('does not leave what one row had in the next', () => {
    let count = 0;
    const made = mapRows(document, header, `${row}\n${row}\n${row}\n`, ({ id }) => ({
      id,
      [`x${count++ % 2}`]: 1,
    }));
    expect(made.map(({ items }) => Object.keys(items[0]!.item))).toEqual([
      ['id', 'x0'],
      ['id', 'x1'],
      ['id', 'x0'],
    ]);
  });

  test('cannot set a prototype', () => {
    const item = itemBy(({ id }) => JSON.parse(`{"id":"${String(id)}","__proto__":{"x":1}}`) as object);
    expect(JSON.stringify(item)).toBe('{"id":{"S":"p1"},"__proto__":{"M":{"x":{"N":"1"}}}}');
  });
});

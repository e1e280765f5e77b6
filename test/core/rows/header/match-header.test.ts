import { expect, test } from 'vitest';
import { parseDataset } from '../../../../src/core/dataset/dataset.ts';
import type { SluiceError } from '../../../../src/core/errors.ts';
import { matchHeader } from '../../../../src/core/rows/header/match-header.ts';

const people = parseDataset('people', {
  source: { prefix: 'people/' },
  columns: {
    age: { type: 'number' },
    'Placed at': {},
    nick: { optional: true },
    score: { type: 'number', optional: true },
  },
  table: { partition_key: 'id', sort_key: 'at' },
});

const whole = ['id', 'at', 'age', 'Placed at'];

function errorOf(header: readonly string[]): SluiceError {
  try {
    matchHeader(people, header);
  } catch (error) {
    return error as SluiceError;
  }
  throw new Error('nothing is missing');
}

test('returns the optional columns that a header does not have', () => {
  expect(matchHeader(people, [...whole, 'nick', 'score']).missing).toEqual([]);
  expect(matchHeader(people, [...whole, 'more']).missing).toEqual(['nick', 'score']);
});

test.each([
  [
    ['ID', 'at', 'age', 'Placed at'],
    'key-column-missing',
    "no column 'id', which the key of table 'people' needs (did you mean 'ID'?)",
  ],
  [['x'], 'key-column-missing', "no column 'id' and no column 'at'"],
  [['7', '2026-01-02', 'Ann'], 'key-column-missing', 'If the file has no header, set format.header: 0'],
  [['id;at;age'], 'key-column-missing', 'did you mean format.delimiter: ";"?'],
  [
    ['id', 'at', 'Age', 'Placed at'],
    'column-missing',
    "no column 'age', which dataset 'people' needs (did you mean 'Age'?)",
  ],
  [['id', 'at', 'age', 'placed_at'], 'column-missing', "(did you mean 'placed_at'?)"],
  [['id', 'at', 'age', 'Placed on'], 'column-missing', "(did you mean 'Placed on'?)"],
  [
    ['id', 'at', 'age', 'something else'],
    'column-missing',
    "no column 'Placed at', which dataset 'people' needs. It has: id, at, age, something else.",
  ],
])('names what %j lacks, and what comes near', (header, code, text) => {
  const error = errorOf(header);
  expect(error.code).toBe(code);
  expect(error.message).toContain(text);
});

test('does not suggest a column that is declared itself', () => {
  expect(errorOf(['id', 'at', 'nick', 'Placed at']).message).not.toContain('did you mean');
});

test('does not take a header with a name of the dataset for a row', () => {
  expect(errorOf(['age', '2026', 'x']).message).not.toContain('no header, set');
});

test('compares a header of any width, and shows a bounded part of it', () => {
  const wide = Array.from({ length: 200_000 }, (_, index) => `column ${index}`);
  const error = errorOf(['id', 'at', ...wide]);
  expect(error.message.length).toBeLessThan(1000);
  expect(error.message).toContain('and 199982 more');
  expect(matchHeader(people, [...wide, ...whole]).missing).toEqual(['nick', 'score']);
});

function matchOf(document: object, header: readonly string[]) {
  const dataset = parseDataset('people', {
    source: { prefix: 'p/' },
    table: { partition_key: 'id' },
    ...document,
  });
  return matchHeader(dataset, header);
}

const columns = {
  'Order No': { as: 'order', aliases: ['OrderNo', 'Order #'] },
  Street: { as: 'address.street' },
  Zip: { as: 'address.zip', optional: true },
  Secret: 'drop',
};

test.each([
  ['by its name', {}, 'Order No', 'order'],
  ['by an alias', {}, 'OrderNo', 'order'],
  ['by another alias', {}, 'Order #', 'order'],
  ['in another letter case, if the format says so', { match_names: 'ignore_case' }, 'ORDER no', 'order'],
  ['not in another letter case by default', {}, 'ORDER no', 'ORDER no'],
])('finds a column %s', (_, format, name, as) => {
  const optional = { ...columns, 'Order No': { ...columns['Order No'], optional: true } };
  const { columns: found } = matchOf({ columns: optional, format }, ['id', name, 'Street', 'Secret']);
  expect(found.map(({ name: each }) => each)).toEqual(['id', as, 'address.street', 'Secret']);
});

test('says where each column is stored, and which is not', () => {
  const header = ['Order No', 'Street', 'Secret', '', 'x', 'id'];
  const { columns: found } = matchOf(
    { columns: { ...columns, id: 'string' }, other_columns: { collect: 'extras' } },
    header,
  );
  expect(found.map(({ field, path, isStored }) => [field, path.join('/'), isStored])).toEqual([
    [0, 'order', true],
    [1, 'address/street', true],
    [2, 'Secret', false],
    [4, 'extras/x', true],
    [5, 'id', true],
  ]);
});

test.each([
  [
    'a name and its alias',
    { columns },
    ['id', 'Order No', 'OrderNo', 'Street', 'Secret'],
    'columns-collide',
    "'Order No' and 'OrderNo'",
  ],
  [
    'a column with the name of an attribute',
    { attributes: { x: 'a' } },
    ['id', 'x'],
    'columns-collide',
    "The column 'x' has the name of the attribute 'x'",
  ],
  [
    'a column with the name of a map',
    { columns },
    ['id', 'Order No', 'Street', 'Secret', 'address'],
    'columns-collide',
    "the map 'address'",
  ],
  [
    'a column with the name of an attribute of an item',
    { items: { a: { attributes: { x: 'a' } } } },
    ['id', 'x'],
    'columns-collide',
    "'x'",
  ],
  [
    'a column that is not declared',
    { columns: { id: 'string' }, other_columns: 'reject' },
    ['id', 'x', 'y'],
    'column-unexpected',
    'does not declare: x, y.',
  ],
])('refuses %s', (_, document, header, code, text) => {
  let error: unknown;
  try {
    matchOf(document, header);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
});

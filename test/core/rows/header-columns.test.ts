import { expect, test } from 'vitest';
import { parseDataset } from '../../../src/core/dataset/dataset.ts';
import type { SluiceError } from '../../../src/core/errors.ts';
import { missingColumns } from '../../../src/core/rows/header-columns.ts';

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
    missingColumns(people, header);
  } catch (error) {
    return error as SluiceError;
  }
  throw new Error('nothing is missing');
}

test('returns the optional columns that a header does not have', () => {
  expect(missingColumns(people, [...whole, 'nick', 'score'])).toEqual([]);
  expect(missingColumns(people, [...whole, 'more'])).toEqual(['nick', 'score']);
});

test.each([
  [
    ['ID', 'at', 'age', 'Placed at'],
    'key-column-missing',
    "no column 'id', which the key of table 'people' needs (did you mean 'ID'?)",
  ],
  [['x'], 'key-column-missing', "no column 'id' and no column 'at'"],
  [['id;at;age'], 'key-column-missing', 'did you mean format.delimiter: ";"?'],
  [
    ['id', 'at', 'Age', 'Placed at'],
    'column-missing',
    "no column 'age', which dataset 'people' declares (did you mean 'Age'?)",
  ],
  [['id', 'at', 'age', 'placed_at'], 'column-missing', "(did you mean 'placed_at'?)"],
  [['id', 'at', 'age', 'Placed on'], 'column-missing', "(did you mean 'Placed on'?)"],
  [
    ['id', 'at', 'age', 'something else'],
    'column-missing',
    "no column 'Placed at', which dataset 'people' declares. It has: id, at, age, something else.",
  ],
])('names what %j lacks, and what comes near', (header, code, text) => {
  const error = errorOf(header);
  expect(error.code).toBe(code);
  expect(error.message).toContain(text);
});

test('does not suggest a column that is declared itself', () => {
  expect(errorOf(['id', 'at', 'nick', 'Placed at']).message).not.toContain('did you mean');
});

test('compares a header of any width, and shows a bounded part of it', () => {
  const wide = Array.from({ length: 200_000 }, (_, index) => `column ${index}`);
  const error = errorOf(['id', 'at', ...wide]);
  expect(error.message.length).toBeLessThan(1000);
  expect(error.message).toContain('and 199982 more');
  expect(missingColumns(people, [...wide, ...whole])).toEqual(['nick', 'score']);
});

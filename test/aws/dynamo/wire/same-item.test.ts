import { expect, test } from 'vitest';
import { sameItem } from '../../../../src/aws/dynamo/wire/same-item.ts';

test.each([
  [true, {}, {}],
  [true, { a: { S: 'x' }, b: { N: '1' } }, { b: { N: '1.0' }, a: { S: 'x' } }],
  [true, { a: { N: '1e3' } }, { a: { N: '1000' } }],
  [false, { a: { N: '1' } }, { a: { S: '1' } }],
  [false, { a: { S: 'x' } }, { a: { S: 'X' } }],
  [false, { a: { S: 'x' } }, { b: { S: 'x' } }],
  [false, { a: { S: 'x' } }, { a: { S: 'x' }, b: { S: 'x' } }],
  [false, { a: { S: 'x' }, b: { S: 'x' } }, { a: { S: 'x' } }],
  [true, { a: { SS: ['x', 'y'] } }, { a: { SS: ['y', 'x'] } }],
  [false, { a: { SS: ['x', 'y'] } }, { a: { SS: ['x', 'z'] } }],
  [false, { a: { SS: ['x'] } }, { a: { SS: ['x', 'y'] } }],
  [true, { a: { NS: ['1.0', '20'] } }, { a: { NS: ['2e1', '1'] } }],
  [true, { a: { BS: ['AA==', 'AQ=='] } }, { a: { BS: ['AQ==', 'AA=='] } }],
  [true, { a: { L: [{ N: '1.0' }, { NULL: true }] } }, { a: { L: [{ N: '1' }, { NULL: true }] } }],
  [false, { a: { L: [{ N: '1' }, { N: '2' }] } }, { a: { L: [{ N: '2' }, { N: '1' }] } }],
  [
    true,
    { a: { M: { x: { N: '1.0' }, y: { BOOL: true } } } },
    { a: { M: { y: { BOOL: true }, x: { N: '1' } } } },
  ],
  [false, { a: { M: { x: { BOOL: true } } } }, { a: { M: { x: { BOOL: false } } } }],
])('%s: %j and %j are the same item', (expected, a, b) => {
  expect(sameItem(a, b)).toBe(expected);
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemBodies } from '../../../../src/aws/dynamo/wire/item-body.ts';
import { membersAfterKey } from '../../../../src/aws/dynamo/wire/item-text.ts';
import type { WritePlan } from '../../../../src/core/write-plan.ts';
import { operationOf } from '../../../../sim/operation.ts';

const bodyOf = itemBodies('people', 'id');
const key = { id: { S: 'a' }, n: { N: '1' } };
const returned = { ReturnConsumedCapacity: 'TOTAL', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
const newer = {
  ConditionExpression: 'attribute_not_exists(#newer) OR #newer <= :newer',
  ExpressionAttributeNames: { '#newer': 'v' },
  ExpressionAttributeValues: { ':newer': { N: '7' } },
};

function written(attributes: object, plan: WritePlan) {
  const body = bodyOf(operationOf({ ...key, ...attributes }, 2, plan));
  if ('refusal' in body) return body;
  return { action: body.action, ...(JSON.parse(body.body.toString()) as object) };
}

describe('the body of a request for one item', () => {
  it.each<[string, object, WritePlan, object]>([
    [
      'insert',
      { a: { S: 'x' } },
      { kind: 'insert', newerBy: null },
      {
        action: 'PutItem',
        Item: { ...key, a: { S: 'x' } },
        ConditionExpression: 'attribute_not_exists(#key)',
        ExpressionAttributeNames: { '#key': 'id' },
      },
    ],
    [
      'put with newer_by',
      { v: { N: '7' } },
      { kind: 'put', newerBy: 'v' },
      { action: 'PutItem', Item: { ...key, v: { N: '7' } }, ...newer },
    ],
    [
      'delete with newer_by',
      { v: { N: '7' } },
      { kind: 'delete', newerBy: 'v' },
      { action: 'DeleteItem', Key: key, ...newer },
    ],
    ['merge of a key alone', {}, { kind: 'merge', newerBy: null }, { action: 'UpdateItem', Key: key }],
    [
      'merge',
      { a: { S: 'x' }, 'q"': { L: [{ S: '}"]' }] }, '': { remove: ['gone', 'é'], absent: ['q"'] } },
      { kind: 'merge', newerBy: null },
      {
        action: 'UpdateItem',
        Key: key,
        UpdateExpression: 'SET #0=:0,#1=if_not_exists(#1,:1) REMOVE #r0,#r1',
        ExpressionAttributeNames: { '#0': 'a', '#1': 'q"', '#r0': 'gone', '#r1': 'é' },
        ExpressionAttributeValues: { ':0': { S: 'x' }, ':1': { L: [{ S: '}"]' }] } },
      },
    ],
    [
      'merge that only removes',
      { '': { remove: ['a'] } },
      { kind: 'merge', newerBy: null },
      {
        action: 'UpdateItem',
        Key: key,
        UpdateExpression: 'REMOVE #r0',
        ExpressionAttributeNames: { '#r0': 'a' },
      },
    ],
    [
      'merge with newer_by',
      { v: { N: '7' } },
      { kind: 'merge', newerBy: 'v' },
      {
        action: 'UpdateItem',
        Key: key,
        UpdateExpression: 'SET #0=:0',
        ConditionExpression: newer.ConditionExpression,
        ExpressionAttributeNames: { '#0': 'v', '#newer': 'v' },
        ExpressionAttributeValues: { ':0': { N: '7' }, ':newer': { N: '7' } },
      },
    ],
  ])('of a %s', (_, attributes, plan, expected) => {
    expect(written(attributes, plan)).toEqual({ TableName: 'people', ...expected, ...returned });
  });

  it('is refused if its expression is too long', () => {
    const many = Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`a${n}`, { S: '' }]));
    expect(written(many, { kind: 'merge', newerBy: null })).toEqual({
      refusal: expect.stringMatching(/600 attributes; its expression has \d+ bytes, and DynamoDB takes 4096/),
    });
  });
});

it('the members of an item behind its key are found whatever its names and values are', () => {
  const value = fc.oneof(
    fc.record({ S: fc.string({ unit: 'binary' }) }),
    fc.record({ M: fc.dictionary(fc.string(), fc.record({ L: fc.array(fc.record({ S: fc.string() })) })) }),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), (attributes) => {
      delete attributes['id'];
      delete attributes['n'];
      const { bytes, keyEnd, end } = operationOf(
        Object.fromEntries(Object.entries({ ...key, ...attributes })),
        2,
      );
      // Members with names like numbers come first in an object: they are no key then.
      fc.pre(Object.keys({ ...key, ...attributes })[0] === 'id');
      const members = membersAfterKey(bytes, keyEnd, end);
      const found = members.map(({ name, value: text }) => [JSON.parse(name), JSON.parse(text)] as unknown);
      expect(found).toEqual(Object.entries(attributes));
    }),
  );
});

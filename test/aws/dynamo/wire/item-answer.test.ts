import { describe, expect, it } from 'vitest';
import { type ItemRequest, readItemAnswer } from '../../../../src/aws/dynamo/wire/item-answer.ts';

const AWS_TYPE = 'com.amazonaws.dynamodb.v20120810#';

function read(request: Partial<ItemRequest>, status: number, content: object) {
  const body = Buffer.from(JSON.stringify(content));
  const sent: ItemRequest = { kind: 'insert', newerBy: null, body: bodyOf({ id: { S: 'a' } }), ...request };
  return readItemAnswer({ status, body, crc32: null, dateMs: null }, sent);
}

function bodyOf(item: object, values?: object): Buffer {
  return Buffer.from(JSON.stringify({ Item: item, ExpressionAttributeValues: values }));
}

function failed(stored?: object): object {
  return { __type: `${AWS_TYPE}ConditionalCheckFailedException`, message: 'm', Item: stored };
}

const newer = { kind: 'put', newerBy: 'v', body: bodyOf({}, { ':newer': { N: '1' } }) } as const;

describe('an answer to a request for one item', () => {
  it('has the units that DynamoDB took', () => {
    expect(read({}, 200, { ConsumedCapacity: { CapacityUnits: 2.5 } })).toEqual({
      kind: 'outcome',
      outcome: { held: [], reason: null, units: 2.5 },
    });
    expect(read({}, 200, {})).toHaveProperty('outcome.units', 0);
  });

  it.each([
    ['ProvisionedThroughputExceededException', 'throttled'],
    ['RequestLimitExceeded', 'account-limit'],
    ['TransactionInProgressException', 'unavailable'],
  ])('of code %s holds the item', (code, reason) => {
    expect(read({}, 400, { __type: AWS_TYPE + code })).toEqual({
      kind: 'outcome',
      outcome: { held: [0], reason, units: 0 },
    });
  });

  it('refuses the item with AWS’s words', () => {
    const answer = read({}, 400, { __type: `${AWS_TYPE}ValidationException`, message: 'Because.' });
    expect(answer).toHaveProperty('outcome.refused', [{ indexes: [0], reason: 'Because.' }]);
  });

  it.each([
    ['equal', { id: { S: 'a' } }, true],
    ['different', { id: { S: 'a' }, b: { S: '' } }, false],
    ['not told', undefined, false],
  ])('keeps the stored item of an insert that is %s', (_, stored, isEqual) => {
    const answer = read({}, 400, failed(stored));
    expect(answer).toHaveProperty('outcome.kept', [{ index: 0, isEqual }]);
    expect(answer).toHaveProperty('outcome.units', 1);
  });

  it('estimates the units of a failed condition from the larger item', () => {
    const large = { id: { S: 'a' }, text: { S: 'x'.repeat(4500) } };
    expect(read({}, 400, failed(large))).toHaveProperty('outcome.units', 5);
    expect(read({ body: bodyOf(large) }, 400, failed())).toHaveProperty('outcome.units', 5);
  });

  it.each([
    ['newer', { v: { N: '2' } }],
    ['not told', undefined],
  ])('keeps the stored item that is %s', (_, stored) => {
    expect(read(newer, 400, failed(stored))).toHaveProperty('outcome.kept', [{ index: 0, isEqual: false }]);
  });

  it('refuses to take a value of another type for a newer one', () => {
    const answer = read(newer, 400, failed({ v: { S: '2' } }));
    expect(answer).toHaveProperty('outcome.refused.0.reason', expect.stringMatching(/'v'.*type S.*has N/));
  });

  it('passes on what concerns the whole load', () => {
    expect(read({}, 400, { __type: 'ExpiredTokenException', message: 'm' }).kind).toBe('expired');
    expect(read({}, 400, { __type: 'AccessDeniedException', message: 'm' }).kind).toBe('failed');
    expect(read({}, 302, {}).kind).toBe('garbled');
  });
});

import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBatchAnswer } from '../../../../src/aws/dynamo/wire/batch-answer.ts';

const sent = [
  { id: { S: 'a' }, n: { N: '1' } },
  { id: { S: 'a' }, n: { N: '2.50' }, text: { S: 'x' } },
  { id: { S: 'é😀"\\' }, n: { N: '1' } },
];
const request = {
  table: 'people',
  key: { partitionKey: 'id', sortKey: 'n' },
  itemCount: sent.length,
  body: bodyOf(sent),
};
const AWS_TYPE = 'com.amazonaws.dynamodb.v20120810#';
const everyItem = [0, 1, 2];

function bodyOf(items: readonly object[]): Buffer {
  return Buffer.from(JSON.stringify({ RequestItems: { people: items.map(put) } }));
}

function put(item: object) {
  return { PutRequest: { Item: item } };
}

function read(status: number, content: unknown, more: { crc32?: number; dateMs?: number } = {}) {
  const body = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  return readBatchAnswer({ status, body, crc32: null, dateMs: null, ...more }, request);
}

function readError(code: string, fields: object = {}, status = 400) {
  return read(status, { __type: AWS_TYPE + code, message: 'Because.', ...fields });
}

function held(reason: string) {
  return { kind: 'outcome', outcome: { held: everyItem, reason, units: 0 } };
}

describe('an answer with status 200', () => {
  it('counts every item as written where nothing is unprocessed', () => {
    const answer = { ConsumedCapacity: [{ TableName: 'people', CapacityUnits: 3.5 }], UnprocessedItems: {} };
    expect(read(200, answer)).toEqual({
      kind: 'outcome',
      outcome: { held: [], reason: null, units: 3.5 },
    });
  });

  it('counts no units where it does not say how many', () => {
    for (const entries of [undefined, null, [], [null], [{}], [{ CapacityUnits: '5' }], 'many']) {
      expect(read(200, { ConsumedCapacity: entries, UnprocessedItems: {} })).toHaveProperty(
        'outcome.units',
        0,
      );
    }
  });

  it('tells unprocessed items by their keys, however they are written', () => {
    const back = [
      { text: { S: 'x' }, n: { N: '2.5' }, id: { S: 'a' } },
      { id: { S: 'é😀"\\' }, n: { N: '1.0' } },
    ];
    expect(read(200, { UnprocessedItems: { people: back.map(put) } })).toEqual({
      kind: 'outcome',
      outcome: { held: [1, 2], reason: 'throttled', units: 0 },
    });
  });

  it('finds any items that come back, in any order', () => {
    const item = fc.record({
      id: fc.record({ S: fc.string({ unit: 'grapheme' }) }),
      v: fc.record({ S: fc.string() }),
    });
    const batch = fc.uniqueArray(item, { selector: ({ id }) => id.S, minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(
        batch.chain((items) => fc.tuple(fc.constant(items), fc.shuffledSubarray(items))),
        ([items, back]) => {
          const answer = readBatchAnswer(
            {
              status: 200,
              body: Buffer.from(JSON.stringify({ UnprocessedItems: { people: back.map(put) } })),
              crc32: null,
              dateMs: null,
            },
            {
              table: 'people',
              key: { partitionKey: 'id', sortKey: null },
              itemCount: items.length,
              body: bodyOf(items),
            },
          );
          const expected = back.map((one) => items.indexOf(one)).sort((a, b) => a - b);
          expect(answer).toHaveProperty('outcome.held', expected);
        },
      ),
    );
  });

  it('holds the deletions that it gives back', () => {
    const remove = (n: string) => ({ DeleteRequest: { Key: { id: { S: 'a' }, n: { N: n } } } });
    const entries = [put(sent[0]!), remove('7'), remove('8')];
    const body = Buffer.from(JSON.stringify({ RequestItems: { people: entries } }));
    const back = Buffer.from(
      JSON.stringify({ UnprocessedItems: { people: [remove('8.0'), put(sent[0]!)] } }),
    );
    const answer = { status: 200, body: back, crc32: null, dateMs: null };
    expect(readBatchAnswer(answer, { ...request, body })).toHaveProperty('outcome.held', [0, 2]);
  });

  it.each([
    ['no JSON', '<html>Sign in to the network</html>'],
    ['half of an answer', '{"UnprocessedItems":{'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['JSON of another kind', '{"ok":true}'],
    ['unprocessed items as a list', { UnprocessedItems: [] }],
    ['items of another table', { UnprocessedItems: { other: [put(sent[0]!)] } }],
    ['an item that was not sent', { UnprocessedItems: { people: [put({ id: { S: 'b' }, n: { N: '1' } })] } }],
    ['an item without its key', { UnprocessedItems: { people: [put({ id: { S: 'a' } })] } }],
    [
      'a deletion that was not sent',
      { UnprocessedItems: { people: [{ DeleteRequest: { Key: { id: { S: 'b' }, n: { N: '1' } } } }] } },
    ],
    ['an item that is none', { UnprocessedItems: { people: [put([])] } }],
    ['something else for a table', { UnprocessedItems: { people: 5 } }],
  ])('counts nothing where it holds %s', (_, content) => {
    expect(read(200, content).kind).toBe('garbled');
  });

  it('must have the checksum that its header says', () => {
    const content = '{"UnprocessedItems":{}}';
    expect(read(200, content, { crc32: crc32(content) }).kind).toBe('outcome');
    expect(read(200, content, { crc32: crc32(content) ^ 1 }).kind).toBe('garbled');
  });
});

describe('a throttled answer', () => {
  it.each([
    [['TableWriteProvisionedThroughputExceeded'], 'table-capacity'],
    [['IndexWriteProvisionedThroughputExceeded'], 'index-capacity'],
    [
      ['IndexWriteProvisionedThroughputExceeded', 'TableWriteProvisionedThroughputExceeded'],
      'table-capacity',
    ],
    [['TableWriteKeyRangeThroughputExceeded'], 'key-range'],
    [['IndexWriteKeyRangeThroughputExceeded'], 'key-range'],
    [['TableWriteKeyRangeThroughputExceeded', 'TableWriteProvisionedThroughputExceeded'], 'table-capacity'],
    [['TableWriteAccountLimitExceeded'], 'account-limit'],
    [['IndexWriteAccountLimitExceeded', 'TableWriteKeyRangeThroughputExceeded'], 'account-limit'],
    [['TableWriteMaxOnDemandThroughputExceeded'], 'on-demand-limit'],
    [['SomethingNew'], 'throttled'],
    [[], 'throttled'],
  ])('for %j holds every item for %s', (names, reason) => {
    const reasons = names.map((name) => ({
      reason: name,
      resource: 'arn:aws:dynamodb:eu-west-1:1:table/people',
    }));
    expect(readError('ProvisionedThroughputExceededException', { ThrottlingReasons: reasons })).toEqual(
      held(reason),
    );
    expect(readError('ThrottlingException', { throttlingReasons: reasons })).toEqual(held(reason));
  });

  it.each([
    ['ProvisionedThroughputExceededException', 'throttled'],
    ['ThrottlingException', 'throttled'],
    ['RequestLimitExceeded', 'account-limit'],
    ['ReplicatedWriteConflictException', 'throttled'],
    ['TransactionConflictException', 'throttled'],
  ])('of code %s without a reason holds every item', (code, reason) => {
    expect(readError(code)).toEqual(held(reason));
    expect(readError(code, { ThrottlingReasons: [null, { reason: 5 }] })).toEqual(held(reason));
  });

  it('may also be known by its status alone', () => {
    expect(read(429, 'slow down')).toEqual(held('throttled'));
  });
});

describe('an error', () => {
  it.each([
    [500, { __type: `${AWS_TYPE}InternalServerError`, message: '.' }],
    [503, { __type: `${AWS_TYPE}ServiceUnavailable` }],
    [502, '<html>Bad gateway</html>'],
    [408, ''],
    [400, { __type: `${AWS_TYPE}TransactionInProgressException` }],
  ])('of status %i that passes by itself holds every item', (status, content) => {
    expect(read(status, content)).toEqual(held('unavailable'));
  });

  it.each([
    ['ValidationException', 400],
    ['SerializationException', 400],
    ['ItemCollectionSizeLimitExceededException', 400],
    ['RequestEntityTooLarge', 413],
  ])('of code %s refuses the batch, with AWS’s words', (code, status) => {
    expect(readError(code, {}, status)).toEqual({
      kind: 'outcome',
      outcome: { held: [], reason: null, units: 0, refused: [{ indexes: everyItem, reason: 'Because.' }] },
    });
  });

  it('says that credentials have expired', () => {
    for (const code of ['ExpiredTokenException', 'ExpiredToken']) {
      expect(readError(code)).toEqual({ kind: 'expired', error: { code, message: 'Because.' } });
    }
  });

  it.each([
    ['InvalidSignatureException', 'Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z'],
    [
      'InvalidSignatureException',
      'Signature not yet current: 20260101T002000Z is still later than 20260101T001000Z',
    ],
    ['RequestTimeTooSkewed', 'The difference is too large'],
    ['RequestExpired', 'Request has expired'],
  ])('of code %s tells a clock that is off from a secret that is wrong', (code, message) => {
    const body = { __type: `com.amazon.coral.service#${code}`, Message: message };
    expect(read(400, body, { dateMs: 5 })).toEqual({
      kind: 'skewed',
      error: { code, message },
      serverTimeMs: 5,
    });
  });

  it('that no retry fixes is passed on with its code', () => {
    for (const code of [
      'ResourceNotFoundException',
      'AccessDeniedException',
      'InvalidSignatureException',
      'Unheard',
    ]) {
      expect(readError(code)).toEqual({ kind: 'failed', error: { code, message: 'Because.' } });
    }
  });

  it.each([
    [400, 'nonsense'],
    [403, '<html>Forbidden</html>'],
    [404, '{}'],
    [302, ''],
    [204, ''],
    [400, { __type: 5 }],
  ])('of status %i that names no error is not DynamoDB’s', (status, content) => {
    expect(read(status, content).kind).toBe('garbled');
  });
});

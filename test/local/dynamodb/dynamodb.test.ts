import { once } from 'node:events';
import { connect } from 'node:net';
import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DescribeTableCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { startLocal } from '../local-clients.ts';

const KEY = { pk: { S: 'import#1' }, sk: { S: 'import' } };
const ABSENT = {
  ConditionExpression: 'attribute_not_exists(pk)',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
} as const;

test('a batch is written, with the units that it took', async () => {
  const { dynamodb } = await ledger();
  const answer = await dynamodb.send(
    new BatchWriteItemCommand({
      RequestItems: {
        ledger: [1, 2, 3].map((n) => ({
          PutRequest: {
            Item: { pk: { S: `import#${n}` }, sk: { S: 'import' }, text: { S: 'x'.repeat(1500) } },
          },
        })),
      },
      ReturnConsumedCapacity: 'INDEXES',
    }),
  );
  expect(answer.UnprocessedItems).toEqual({});
  expect(answer.ConsumedCapacity?.[0]).toMatchObject({ TableName: 'ledger', CapacityUnits: 6 });
});

test('a query of a sparse index returns its items, the latest first', async () => {
  const { dynamodb } = await ledger();
  for (const [n, queuedAtMs] of [10, 30, 20].entries()) {
    await dynamodb.send(
      new PutItemCommand({
        TableName: 'ledger',
        Item: {
          pk: { S: `import#${n}` },
          sk: { S: 'import' },
          feed: { S: 'imports' },
          queuedAtMs: { N: String(queuedAtMs) },
        },
      }),
    );
  }
  await dynamodb.send(
    new PutItemCommand({ TableName: 'ledger', Item: { pk: { S: 'import#0' }, sk: { S: 'chunk#00000' } } }),
  );
  const { Items } = await dynamodb.send(
    new QueryCommand({
      TableName: 'ledger',
      IndexName: 'by-time',
      KeyConditionExpression: 'feed = :feed',
      ExpressionAttributeValues: { ':feed': { S: 'imports' } },
      ScanIndexForward: false,
    }),
  );
  expect(Items?.map(({ queuedAtMs }) => queuedAtMs?.N)).toEqual(['30', '20', '10']);
});

test('a conditional update adds to a number set once', async () => {
  const { dynamodb } = await ledger();
  const Key = { pk: { S: 'import#1' }, sk: { S: 'import' } };
  await dynamodb.send(new PutItemCommand({ TableName: 'ledger', Item: { ...Key, rows: { N: '0' } } }));
  const countChunk = new UpdateItemCommand({
    TableName: 'ledger',
    Key,
    UpdateExpression: 'ADD finished :chunks, #rows :more',
    ConditionExpression: 'NOT contains(finished, :chunk)',
    ExpressionAttributeNames: { '#rows': 'rows' },
    ExpressionAttributeValues: { ':chunks': { NS: ['7'] }, ':chunk': { N: '7' }, ':more': { N: '100' } },
  });
  await dynamodb.send(countChunk);
  await expect(dynamodb.send(countChunk)).rejects.toBeInstanceOf(ConditionalCheckFailedException);
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: 'ledger', Key, ConsistentRead: true }),
  );
  expect(Item).toMatchObject({ finished: { NS: ['7'] }, rows: { N: '100' } });
});

test('a table is ACTIVE as soon as it is created', async () => {
  const { dynamodb } = await ledger();
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: 'ledger' }));
  expect(Table?.TableStatus).toBe('ACTIVE');
  expect(Table?.GlobalSecondaryIndexes?.map(({ IndexStatus }) => IndexStatus)).toEqual(['ACTIVE', 'ACTIVE']);
});

test('an operation that dynalite lacks is an unknown operation', async () => {
  const { dynamodb } = await ledger();
  await expect(
    dynamodb.send(
      new UpdateTimeToLiveCommand({
        TableName: 'ledger',
        TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' },
      }),
    ),
  ).rejects.toMatchObject({ name: 'UnknownOperationException' });
});

test('an invalid batch is refused with DynamoDB’s error', async () => {
  const { dynamodb } = await ledger();
  const put = { PutRequest: { Item: { pk: { S: 'a' }, sk: { S: 'b' } } } };
  await expect(
    dynamodb.send(new BatchWriteItemCommand({ RequestItems: { ledger: [put, put] } })),
  ).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('duplicates') });
});

test('a client that disconnects within its request does no harm', async () => {
  const { dynamodb, port } = await ledger();
  const socket = connect(port, '127.0.0.1');
  socket.write(
    'POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: AWS4-HMAC-SHA256 x\r\n' +
      'X-Amz-Target: DynamoDB_20120810.PutItem\r\nContent-Length: 1000\r\n\r\n{"TableName"',
  );
  socket.end();
  socket.resume();
  await once(socket, 'close');
  const { TableNames } = await dynamodb.send(new ListTablesCommand({}));
  expect(TableNames).toEqual(['ledger']);
});

/** An endpoint with a table as the ledger is. */
async function ledger() {
  const local = await startLocal();
  const index = (IndexName: string, partition: string) => ({
    IndexName,
    KeySchema: key(partition, 'queuedAtMs'),
    Projection: { ProjectionType: 'ALL' as const },
  });
  await local.dynamodb.send(
    new CreateTableCommand({
      TableName: 'ledger',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: key('pk', 'sk'),
      AttributeDefinitions: [
        attribute('pk', 'S'),
        attribute('sk', 'S'),
        attribute('dataset', 'S'),
        attribute('feed', 'S'),
        attribute('queuedAtMs', 'N'),
      ],
      GlobalSecondaryIndexes: [index('by-dataset', 'dataset'), index('by-time', 'feed')],
    }),
  );
  await waitUntilTableExists(
    { client: local.dynamodb, minDelay: 1, maxWaitTime: 30 },
    { TableName: 'ledger' },
  );
  return local;
}

function attribute(AttributeName: string, AttributeType: 'S' | 'N') {
  return { AttributeName, AttributeType };
}

function key(partition: string, sort: string) {
  return [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ];
}

test.each([
  ['PutItem', new PutItemCommand({ TableName: 'ledger', Item: { ...KEY, text: { S: 'b' } }, ...ABSENT })],
  [
    'UpdateItem',
    new UpdateItemCommand({
      TableName: 'ledger',
      Key: KEY,
      UpdateExpression: 'SET #text = :text',
      ExpressionAttributeNames: { '#text': 'text' },
      ExpressionAttributeValues: { ':text': { S: 'b' } },
      ...ABSENT,
    }),
  ],
])('a condition of %s that is false returns the stored item, if it is asked for', async (_, command) => {
  const { dynamodb } = await ledger();
  const stored = { ...KEY, text: { S: 'a' } };
  await dynamodb.send(new PutItemCommand({ TableName: 'ledger', Item: stored }));
  const error: unknown = await dynamodb.send(command as PutItemCommand).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ name: 'ConditionalCheckFailedException', Item: stored });
});

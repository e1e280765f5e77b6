import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDataset } from '../../src/core/dataset/dataset.ts';
import { datasetTableDefinition, ensureTable, ledgerTableDefinition } from '../../local/tables.ts';
import { dynalite } from '../support/dynalite.ts';
import { type Engine, engineCredentials } from '../support/engine.ts';

describe("a dataset's table", () => {
  test('has string keys and provisioned units unless the dataset says otherwise', () => {
    expect(definition({ source: { prefix: 'p/' }, table: { partition_key: 'id', write_units: 9 } })).toEqual({
      TableName: 'sluice-people',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 9 },
    });
  });

  test('has its own name, a sort key, number keys and on-demand billing if the dataset says so', () => {
    expect(
      definition({
        source: { prefix: 'p/' },
        columns: { year: { type: 'number' }, id: {} },
        table: { name: 'cohorts', partition_key: 'id', sort_key: 'year', billing: 'on_demand' },
      }),
    ).toEqual({
      TableName: 'sluice-cohorts',
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'year', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'year', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    });
  });

  test('has its indexes, each with its projection', () => {
    expect(
      definition({
        source: { prefix: 'p/' },
        columns: { token: 'number', at: 'number' },
        table: {
          partition_key: 'token',
          sort_key: 'at',
          write_units: 9,
          indexes: {
            'by-mail': { partition_key: 'mail', sort_key: 'at', projection: ['name'] },
            'by-name': { sort_key: 'name', local: true, projection: 'keys_only' },
          },
        },
      }),
    ).toMatchObject({
      AttributeDefinitions: [
        { AttributeName: 'token', AttributeType: 'N' },
        { AttributeName: 'at', AttributeType: 'N' },
        { AttributeName: 'mail', AttributeType: 'S' },
        { AttributeName: 'name', AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-mail',
          KeySchema: [
            { AttributeName: 'mail', KeyType: 'HASH' },
            { AttributeName: 'at', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['name'] },
          ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 9 },
        },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: 'by-name',
          KeySchema: [
            { AttributeName: 'token', KeyType: 'HASH' },
            { AttributeName: 'name', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    });
  });

  test('has the name of a table that exists in AWS, also where that is an ARN', () => {
    const existing = 'arn:aws:dynamodb:eu-west-1:210987654321:table/orders';
    expect(definition({ source: { prefix: 'p/' }, table: { existing, partition_key: 'id' } }).TableName).toBe(
      'orders',
    );
  });
});

describe('ensureTable', () => {
  let engine: Engine;
  let client: DynamoDBClient;
  beforeAll(async () => {
    engine = await dynalite.open();
    client = new DynamoDBClient({ endpoint: engine.endpoint, ...engineCredentials });
  });
  afterAll(async () => {
    client?.destroy();
    await engine?.close();
  });

  test('creates a table that is ACTIVE at once, and does not change an existing one', async () => {
    await ensureTable(client, ledgerTableDefinition('a-ledger'));
    const made = await client.send(new DescribeTableCommand({ TableName: 'a-ledger' }));
    expect(made.Table?.TableStatus).toBe('ACTIVE');
    expect(made.Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort()).toEqual([
      'by-dataset',
      'by-time',
      'open',
    ]);
    await ensureTable(client, ledgerTableDefinition('a-ledger'));
    const again = await client.send(new DescribeTableCommand({ TableName: 'a-ledger' }));
    expect(again.Table?.CreationDateTime).toEqual(made.Table?.CreationDateTime);
  });

  test('throws DynamoDB’s error for an invalid definition', async () => {
    await expect(ensureTable(client, ledgerTableDefinition('x'))).rejects.toThrow(/TableName/i);
  });
});

function definition(document: unknown): ReturnType<typeof datasetTableDefinition> {
  return datasetTableDefinition(parseDataset('people', document), 'sluice-');
}

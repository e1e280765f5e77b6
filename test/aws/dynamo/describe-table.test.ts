import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeTable } from '../../../src/aws/dynamo/describe-table.ts';
import { parseDataset } from '../../../src/core/dataset/dataset.ts';
import { datasetTableDefinition } from '../../../local/tables.ts';
import { dynalite } from '../../support/dynalite.ts';
import { type Engine, engineCredentials } from '../../support/engine.ts';

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

test('the keys of a table and of its indexes are read', async () => {
  const dataset = parseDataset('orders', {
    source: { prefix: 'orders/' },
    columns: { at: 'number' },
    table: {
      existing: 'orders',
      partition_key: 'id',
      sort_key: 'at',
      indexes: {
        'by-mail': { partition_key: 'mail', projection: ['name'] },
        'by-name': { sort_key: 'name', local: true, projection: 'keys_only' },
      },
    },
  });
  await client.send(new CreateTableCommand(datasetTableDefinition(dataset, 'test-')));
  expect(await describeTable(client, 'orders')).toEqual({
    key: { partition: { name: 'id', type: 'S' }, sort: { name: 'at', type: 'N' } },
    indexes: {
      'by-mail': { partition: { name: 'mail', type: 'S' }, sort: null },
      'by-name': { partition: { name: 'id', type: 'S' }, sort: { name: 'name', type: 'S' } },
    },
  });
});

test('a table that does not exist is named', async () => {
  await expect(describeTable(client, 'nowhere')).rejects.toMatchObject({
    code: 'table-missing',
    message: expect.stringContaining("'nowhere'"),
  });
});

test('a table of another region is refused without a request', async () => {
  const arn = 'arn:aws:dynamodb:ap-south-2:210987654321:table/orders';
  const region = await client.config.region();
  await expect(describeTable(client, arn)).rejects.toMatchObject({
    code: 'table-region-mismatch',
    message: expect.stringMatching(new RegExp(`ap-south-2.*${region}`)),
  });
});

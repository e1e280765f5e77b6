import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  DynamoDBClient,
  paginateQuery,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { describe } from 'vitest';
import { dynamoConnection } from '../../../src/aws/connection.ts';
import { dynamoTable } from '../../../src/aws/dynamo/dynamo-table.ts';
import { wallClock } from '../../../src/node/wall-clock.ts';
import { describeTableModes } from '../../conformance/table-modes-suite.ts';
import { describeTable, type Item, type OpenedTable } from '../../conformance/table-suite.ts';
import { localEndpoint } from '../../support/local-endpoint.ts';
import { dynamoDbLocal } from '../../support/dynamodb-local.ts';
import { type EngineKind, engineCredentials } from '../../support/engine.ts';
import { moto } from '../../support/moto.ts';

describe.each([
  { kind: localEndpoint, deviations: {} },
  { kind: dynamoDbLocal, deviations: {} },
  {
    kind: moto,
    deviations: {
      takesLargeBatches: true,
      lenientNumbers: true,
      wrongUnits: true,
      checksLate: true,
      lenientUpdates: true,
      breaksAtUpdates: true,
    },
  },
])('on $kind.name', ({ kind, deviations }) => {
  describe.skipIf(kind.missing !== null)(kind.missing ?? 'as installed here', () => {
    describeTable(kind.name, () => open(kind), deviations);
    describeTableModes(kind.name, () => open(kind), deviations);
  });
});

async function open(kind: EngineKind): Promise<OpenedTable> {
  const engine = await kind.open();
  const client = new DynamoDBClient({ ...engineCredentials, endpoint: engine.endpoint });
  const name = `table-${randomUUID()}`;
  await createTable(client, name);
  const connection = await dynamoConnection(client, name);
  const keys = { partitionKey: 'id', sortKey: 'n' };
  const table = dynamoTable({ ...connection, ...keys, table: name, clock: wallClock(), connections: 8 });
  const missing = dynamoTable({ ...connection, ...keys, table: 'no-such-table', clock: wallClock() });
  return {
    table,
    missing,
    read: (id) => readItems(client, name, id),
    async close() {
      await Promise.all([table.close(), missing.close()]);
      client.destroy();
      await engine.close();
    },
  };
}

async function createTable(client: DynamoDBClient, name: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'n', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'n', KeyType: 'RANGE' },
      ],
    }),
  );
  await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: 30 }, { TableName: name });
}

async function readItems(client: DynamoDBClient, name: string, id: string): Promise<Item[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: name,
      ConsistentRead: true,
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: { ':id': { S: id } },
    },
  );
  const items: Item[] = [];
  for await (const page of pages) items.push(...((page.Items ?? []) as unknown as Item[]));
  return items;
}

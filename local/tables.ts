import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { Dataset } from '../src/core/dataset/dataset.ts';

/** The ledger's table as Terraform creates it: records by `pk` and `sk`, with indexes of the imports by dataset, by time, and of open ones. */
export function ledgerTableDefinition(name: string): CreateTableCommandInput {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
      { AttributeName: 'dataset', AttributeType: 'S' },
      { AttributeName: 'feed', AttributeType: 'S' },
      { AttributeName: 'open', AttributeType: 'S' },
      { AttributeName: 'queuedAtMs', AttributeType: 'N' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      timeIndex('by-dataset', 'dataset'),
      timeIndex('by-time', 'feed'),
      timeIndex('open', 'open'),
    ],
  };
}

/** A dataset's table. Its name has the deployment's prefix (`sluice-`). A key attribute has the type of its column. */
export function datasetTableDefinition(dataset: Dataset, prefix: string): CreateTableCommandInput {
  const { table, key } = dataset;
  const keys = [
    { ...key.partition, keyType: 'HASH' } as const,
    ...(key.sort === null ? [] : [{ ...key.sort, keyType: 'RANGE' } as const]),
  ];
  return {
    TableName: `${prefix}${table.name}`,
    AttributeDefinitions: keys.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: keys.map(({ name, keyType }) => ({ AttributeName: name, KeyType: keyType })),
    ...(table.billing === 'on_demand'
      ? { BillingMode: 'PAY_PER_REQUEST' }
      : {
          BillingMode: 'PROVISIONED',
          ProvisionedThroughput: {
            ReadCapacityUnits: table.read_units,
            WriteCapacityUnits: table.write_units,
          },
        }),
  };
}

/** Creates the table if it does not exist, and resolves when it is ACTIVE (at most after a minute). An existing table is not changed. */
export async function ensureTable(
  client: DynamoDBClient,
  definition: CreateTableCommandInput,
): Promise<void> {
  try {
    const { TableDescription } = await client.send(new CreateTableCommand(definition));
    if (TableDescription?.TableStatus === 'ACTIVE') return;
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists(
    { client, minDelay: 1, maxDelay: 5, maxWaitTime: 60 },
    { TableName: definition.TableName },
  );
}

function timeIndex(
  name: string,
  partitionKey: string,
): NonNullable<CreateTableCommandInput['GlobalSecondaryIndexes']>[number] {
  return {
    IndexName: name,
    KeySchema: [
      { AttributeName: partitionKey, KeyType: 'HASH' },
      { AttributeName: 'queuedAtMs', KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'ALL' },
  };
}

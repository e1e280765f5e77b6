import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { Dataset } from '../src/core/dataset/dataset.ts';
import type { IndexSpec, Key } from '../src/core/dataset/resolved/table-spec.ts';
import { tableName } from '../src/core/dataset/table-name.ts';

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

/**
 * A dataset's table with its indexes. Its name has the deployment's prefix (`sluice-`), unless it is a table that exists in AWS. A key
 * attribute has the type of its column. Streams, classes, keys of KMS and limits are AWS's: the local tables have none.
 */
export function datasetTableDefinition(
  { table, key }: Pick<Dataset, 'table' | 'key'>,
  prefix: string,
): CreateTableCommandInput {
  const indexes = Object.entries(table.indexes);
  const keys = [key, ...indexes.map(([, index]) => indexKey(index))];
  const attributes = keys.flatMap(({ partition, sort }) => [partition, ...(sort === null ? [] : [sort])]);
  const types = new Map(attributes.map(({ name, type }) => [name, type]));
  const units = { ReadCapacityUnits: table.read_units, WriteCapacityUnits: table.write_units };
  const capacity = table.billing === 'on_demand' ? {} : { ProvisionedThroughput: units };
  const locals = indexes
    .filter(([, { local }]) => local)
    .map(([name, index]) => indexDefinition(name, index));
  const globals = indexes
    .filter(([, { local }]) => !local)
    .map(([name, index]) => ({ ...indexDefinition(name, index), ...capacity }));
  return {
    TableName: localTableName(table, prefix),
    AttributeDefinitions: [...types].map(([name, type]) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: keySchema(key),
    BillingMode: table.billing === 'on_demand' ? 'PAY_PER_REQUEST' : 'PROVISIONED',
    ...capacity,
    ...(globals.length === 0 ? {} : { GlobalSecondaryIndexes: globals }),
    ...(locals.length === 0 ? {} : { LocalSecondaryIndexes: locals }),
  };
}

/** The local DynamoDB has one account: it knows a table by its name, not by an ARN. */
function localTableName(table: Dataset['table'], prefix: string): string {
  return tableName(table, prefix).replace(/^arn:.*:table\//, '');
}

function indexKey({ partition_key, sort_key }: IndexSpec): Key {
  return { partition: partition_key, sort: sort_key };
}

function indexDefinition(name: string, index: IndexSpec) {
  return {
    IndexName: name,
    KeySchema: keySchema(indexKey(index)),
    Projection: {
      ProjectionType: PROJECTIONS[index.projection],
      ...(index.projection === 'include' ? { NonKeyAttributes: [...index.include] } : {}),
    },
  };
}

const PROJECTIONS = { all: 'ALL', keys_only: 'KEYS_ONLY', include: 'INCLUDE' } as const;

function keySchema({ partition, sort }: Key): NonNullable<CreateTableCommandInput['KeySchema']> {
  return [
    { AttributeName: partition.name, KeyType: 'HASH' },
    ...(sort === null ? [] : [{ AttributeName: sort.name, KeyType: 'RANGE' } as const]),
  ];
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

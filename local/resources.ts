import { type DynamoDBClient, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  HeadBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Dataset } from '../src/core/dataset/dataset.ts';
import { keyText, tableShape } from '../src/core/dataset/table-shape.ts';
import { SluiceError } from '../src/core/errors.ts';
import type { DeploymentNames } from '../src/deployment/names.ts';
import type { StackClients } from './clients.ts';
import { datasetTableDefinition, ensureTable, ledgerTableDefinition } from './tables.ts';

/** What the function's environment has to name. */
export type Resources = {
  readonly queues: Queues;
  readonly datasets: { readonly bucket: string; readonly key: string; readonly version: string };
};

export type Queues = { readonly work: Queue; readonly deadLetters: Queue; readonly failedEvents: Queue };
type Queue = { readonly url: string; readonly arn: string };

/** For how long a queue hides a message that was received. */
export type VisibilityTimeouts = { readonly workMs: number; readonly failedEventMs: number };

const DATASETS_KEY = 'datasets/resolved.json';
/** The default of Terraform's `max_receive_count`. */
const MAX_RECEIVE_COUNT = 10;

/** Creates the deployment's buckets, tables and queues where they do not exist, and puts the datasets document. Throws `table-key-mismatch`. */
export async function makeResources(
  { s3, sqs, dynamo }: StackClients,
  names: DeploymentNames,
  datasets: readonly Dataset[],
  visibility: VisibilityTimeouts,
): Promise<Resources> {
  const [queues] = await Promise.all([
    makeQueues(sqs, names, visibility),
    ...[names.sourceBucket, names.resultsBucket, names.codeBucket].map((bucket) => makeBucket(s3, bucket)),
    ensureTable(dynamo, ledgerTableDefinition(names.ledgerTable)),
    // A shared table is made once, for the dataset that owns it.
    ...datasets
      .filter(({ table }) => table.same_as === null)
      .map((dataset) => makeDatasetTable(dynamo, dataset, names.tablePrefix)),
  ]);
  const document = { bucket: names.codeBucket, key: DATASETS_KEY };
  return { queues, datasets: { ...document, version: await putDatasets(s3, document, datasets) } };
}

async function makeBucket(s3: S3Client, bucket: string): Promise<void> {
  const exists = await s3.send(new HeadBucketCommand({ Bucket: bucket })).then(
    () => true,
    () => false,
  );
  if (exists) return;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
}

async function makeQueues(
  sqs: SQSClient,
  names: DeploymentNames,
  { workMs, failedEventMs }: VisibilityTimeouts,
): Promise<Queues> {
  const deadLetters = await makeQueue(sqs, names.deadLetterQueue, workMs);
  const redrive = { deadLetterTargetArn: deadLetters.arn, maxReceiveCount: MAX_RECEIVE_COUNT };
  const work = await makeQueue(sqs, names.queue, workMs, { RedrivePolicy: JSON.stringify(redrive) });
  const failedEvents = await makeQueue(sqs, names.failedEventsQueue, failedEventMs);
  return { work, deadLetters, failedEvents };
}

async function makeQueue(
  sqs: SQSClient,
  name: string,
  visibilityMs: number,
  attributes: Record<string, string> = {},
): Promise<Queue> {
  const { QueueUrl: url } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
  );
  // In a call of its own: a queue from an earlier start may have another timeout, and CreateQueue refuses to change it.
  const VisibilityTimeout = String(Math.ceil(visibilityMs / 1000));
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { VisibilityTimeout } }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
  );
  const arn = Attributes?.['QueueArn'];
  if (url === undefined || arn === undefined)
    throw new SluiceError('internal', `The local SQS created no queue '${name}'. Please report this.`);
  return { url, arn };
}

async function makeDatasetTable(dynamo: DynamoDBClient, dataset: Dataset, prefix: string): Promise<void> {
  const definition = datasetTableDefinition(dataset, prefix);
  await ensureTable(dynamo, definition);
  const { Table } = await dynamo.send(new DescribeTableCommand({ TableName: definition.TableName }));
  const [wanted, found] = [keyText(dataset.key), keyText(tableShape(Table ?? {}).key)];
  if (wanted === found) return;
  throw new SluiceError(
    'table-key-mismatch',
    `Table '${definition.TableName}' has the key ${found}, but datasets/${dataset.name}.yaml now asks for ${wanted}. The key of a table cannot be changed. Give the dataset another table.name, or delete the folder of the local data (.sluice) to start with empty tables.`,
    { data: { table: definition.TableName, dataset: dataset.name, found, wanted } },
  );
}

/** As Terraform does: writes a new version and leaves the older ones. Returns the version's id. */
async function putDatasets(
  s3: S3Client,
  { bucket, key }: { bucket: string; key: string },
  datasets: readonly Dataset[],
): Promise<string> {
  const Body = JSON.stringify({ datasets });
  const { VersionId = '' } = await s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentType: 'application/json' }),
  );
  return VersionId;
}

import { join } from 'node:path';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  HeadBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type Dataset, datasetOf } from '../src/core/dataset/dataset.ts';
import { SluiceError } from '../src/core/errors.ts';
import { formatFailedEvent } from '../src/lambda/failed-event.ts';
import { SWEEP_EVENT } from '../src/lambda/invocation.ts';
import { type Endpoint, startEndpoint } from './endpoint.ts';
import { type FunctionHost, startFunctionHost } from './function-host.ts';
import { type KeptEvent, type KeptEvents, openKeptEvents } from './kept-events.ts';
import { privateFolder } from './private-folder.ts';
import type { S3Notification } from './s3/event.ts';
import { datasetTableDefinition, ensureTable, ledgerTableDefinition } from './tables.ts';

export type StackOptions = {
  /** Of the one endpoint, on 127.0.0.1; 0 for any free one. */
  readonly port: number;
  /** Where everything is kept from one start to the next. */
  readonly dataDir: string;
  readonly datasets: readonly Dataset[];
  /** The built function: its directory, or its zip. */
  readonly bundle: string;
  /** The deployment's name: stands before the names of buckets, tables and queues. */
  readonly name: string;
  /** Lambda's, unless a test wants them shorter. */
  readonly timeoutMs?: number;
  readonly memoryMb?: number;
  readonly concurrency?: number;
  /** Between two sweeps. */
  readonly sweepMs?: number;
  /** An event that failed at every attempt is tried again after this time, and so on. */
  readonly failedEventMs?: number;
  /** Added to the function's environment, over what the stack sets. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Gets each line that the function logs. */
  readonly log: (line: string) => void;
};

export type Stack = {
  readonly url: string;
  readonly datasets: readonly Dataset[];
  readonly names: StackNames;
  readonly clients: StackClients;
  /** Lets invocations end, keeps what is not done for the next start, and closes the endpoint. */
  close(): Promise<void>;
};

export type StackNames = {
  readonly sourceBucket: string;
  readonly resultsBucket: string;
  readonly codeBucket: string;
  readonly ledgerTable: string;
  readonly tablePrefix: string;
  readonly queue: string;
  readonly deadLetterQueue: string;
  readonly failedEventsQueue: string;
};

export type StackClients = {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly dynamo: DynamoDBClient;
};

const REGION = 'us-east-1';
const DATASETS_KEY = 'datasets/resolved.json';
/** The endpoint takes any. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const DEFAULTS = { timeoutMs: 900_000, memoryMb: 512, concurrency: 2 };
/** As Terraform sets it. */
const SWEEP_MS = 300_000;
/** In AWS it is the queue's visibility timeout, 16 minutes: nobody waits so long at a desk. */
const FAILED_EVENT_MS = 60_000;
/** As Terraform sets them: a message is hidden for the function's timeout and a minute, and has ten attempts. */
const VISIBILITY_MARGIN_MS = 60_000;
const MAX_RECEIVE_COUNT = 10;

/**
 * Everything that AWS would be: the endpoint with S3, SQS and DynamoDB, the buckets, tables and queues of the deployment, and
 * the built function, which is invoked by the bucket's events and the queue's messages. Throws `port-taken`,
 * `dataset-invalid`, `table-key-mismatch`.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { datasets } = options;
  const names = stackNames(options.name);
  const lambda = { ...DEFAULTS, ...definedOnly(options) };
  // Opened behind the endpoint's lock on the folder.
  let opened: KeptEvents | null = null;
  const eventsFolder = join(options.dataDir, 'events');
  await privateFolder(eventsFolder);
  const events = (): KeptEvents => (opened ??= openKeptEvents(eventsFolder));
  const early: KeptEvent[] = [];
  let deliver = (event: KeptEvent): void => void early.push(event);
  const endpoint = await startEndpoint({
    port: options.port,
    dataDir: options.dataDir,
    region: REGION,
    onObjectCreated: (event) => {
      if (isNotified(event, names.sourceBucket, datasets)) deliver(events().keep(event));
      else tellIgnored(event, names.sourceBucket, options.log);
    },
  });
  const clients = openClients(endpoint.url);
  try {
    const queues = await makeResources(clients, names, datasets, {
      workMs: lambda.timeoutMs + VISIBILITY_MARGIN_MS,
      failedEventMs: options.failedEventMs ?? FAILED_EVENT_MS,
    });
    const datasetsVersion = await putDatasets(clients.s3, names.codeBucket, datasets);
    const host = await startFunctionHost({
      ...lambda,
      bundle: options.bundle,
      handler: 'index.handler',
      functionName: `${options.name}-load`,
      region: REGION,
      environment: {
        ...environment(options.name, names, { endpoint, queues, datasetsVersion }),
        ...options.environment,
      },
      queues: Object.values(queues).map(({ url }) => ({ client: clients.sqs, url })),
      log: options.log,
    });
    deliver = (kept) => void deliverEvent(host, kept, { clients, queues, log: options.log });
    for (const kept of [...events().left, ...early]) deliver(kept);
    const schedule = startSchedule(host, options.sweepMs ?? SWEEP_MS);
    return {
      url: endpoint.url,
      datasets,
      names,
      clients,
      close() {
        schedule.stop();
        return close(host, endpoint, clients);
      },
    };
  } catch (error) {
    closeClients(clients);
    await endpoint.close();
    throw error;
  }
}

/** As Terraform names them; there a bucket's name ends with the account. */
export function stackNames(name: string): StackNames {
  return {
    sourceBucket: `${name}-source`,
    resultsBucket: `${name}-results`,
    codeBucket: `${name}-code`,
    ledgerTable: `${name}-ledger`,
    tablePrefix: `${name}-`,
    queue: `${name}-work`,
    deadLetterQueue: `${name}-work-dead`,
    failedEventsQueue: `${name}-work-failed-events`,
  };
}

/** The bucket's notification has a filter for each dataset; objects of no dataset are not told of. */
function isNotified(event: S3Notification, sourceBucket: string, datasets: readonly Dataset[]): boolean {
  return event.Records.some(({ s3 }) => {
    const key = decodeURIComponent(s3.object.key.replaceAll('+', ' '));
    return s3.bucket.name === sourceBucket && datasetOf(datasets, key) !== undefined;
  });
}

/** S3 tells nobody of an object that no filter matches; at a desk, who drops it wonders. */
function tellIgnored(event: S3Notification, sourceBucket: string, log: (line: string) => void): void {
  for (const { s3 } of event.Records) {
    if (s3.bucket.name !== sourceBucket) continue;
    const key = decodeURIComponent(s3.object.key.replaceAll('+', ' '));
    const reason = 'no dataset has a source.prefix and source.suffix that this key has';
    log(JSON.stringify({ level: 'WARN', message: 'object ignored', code: 'no-dataset', key, reason }));
  }
}

function openClients(endpoint: string): StackClients {
  const options = { endpoint, region: REGION, credentials: LOCAL_CREDENTIALS };
  return {
    s3: new S3Client({ ...options, forcePathStyle: true }),
    sqs: new SQSClient(options),
    dynamo: new DynamoDBClient(options),
  };
}

function closeClients({ s3, sqs, dynamo }: StackClients): void {
  s3.destroy();
  sqs.destroy();
  dynamo.destroy();
}

type Queue = { readonly url: string; readonly arn: string };
type Queues = { readonly work: Queue; readonly deadLetters: Queue; readonly failedEvents: Queue };
type Visibility = { readonly workMs: number; readonly failedEventMs: number };

/** Makes what does not exist yet. */
async function makeResources(
  clients: StackClients,
  names: StackNames,
  datasets: readonly Dataset[],
  visibility: Visibility,
): Promise<Queues> {
  const { s3, sqs, dynamo } = clients;
  const [queues] = await Promise.all([
    makeQueues(sqs, names, visibility),
    ...[names.sourceBucket, names.resultsBucket, names.codeBucket].map((bucket) => makeBucket(s3, bucket)),
    ensureTable(dynamo, ledgerTableDefinition(names.ledgerTable)),
    ...datasets.map((dataset) => makeDatasetTable(dynamo, dataset, names.tablePrefix)),
  ]);
  return queues;
}

async function makeBucket(s3: S3Client, bucket: string): Promise<void> {
  const isThere = await s3.send(new HeadBucketCommand({ Bucket: bucket })).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
}

async function makeQueues(
  sqs: SQSClient,
  names: StackNames,
  { workMs, failedEventMs }: Visibility,
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
  // By a call of its own: a queue that an earlier start has made may have had another function's time.
  const VisibilityTimeout = String(Math.ceil(visibilityMs / 1000));
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { VisibilityTimeout } }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
  );
  const arn = Attributes?.['QueueArn'];
  if (url === undefined || arn === undefined)
    throw new SluiceError('internal', `The local SQS made no queue '${name}'. Please report this.`);
  return { url, arn };
}

async function makeDatasetTable(dynamo: DynamoDBClient, dataset: Dataset, prefix: string): Promise<void> {
  const definition = datasetTableDefinition(dataset, prefix);
  await ensureTable(dynamo, definition);
  const { Table } = await dynamo.send(new DescribeTableCommand({ TableName: definition.TableName }));
  const wanted = keyText(definition);
  const found = keyText(Table ?? {});
  if (wanted === found) return;
  throw new SluiceError(
    'table-key-mismatch',
    `Table '${definition.TableName}' has the key ${found}, and datasets/${dataset.name}.yaml now wants ${wanted}. A table's key can't be changed: give the dataset another table.name, or remove the local data (its folder, .sluice) to start anew.`,
    { data: { table: definition.TableName, dataset: dataset.name, found, wanted } },
  );
}

/** `id (N), at (S)`: the key's attributes in order, with their types. */
function keyText(table: {
  KeySchema?: { AttributeName?: string | undefined }[] | undefined;
  AttributeDefinitions?:
    | { AttributeName?: string | undefined; AttributeType?: string | undefined }[]
    | undefined;
}): string {
  const types = new Map(
    table.AttributeDefinitions?.map((attribute) => [attribute.AttributeName, attribute.AttributeType]),
  );
  return (table.KeySchema ?? [])
    .map(({ AttributeName }) => `${AttributeName} (${types.get(AttributeName)})`)
    .join(', ');
}

/** As Terraform does it: a new version beside the older ones. Answers the version. */
async function putDatasets(s3: S3Client, bucket: string, datasets: readonly Dataset[]): Promise<string> {
  const Body = JSON.stringify({ datasets });
  const { VersionId = '' } = await s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: DATASETS_KEY, Body, ContentType: 'application/json' }),
  );
  return VersionId;
}

function environment(
  name: string,
  names: StackNames,
  made: { endpoint: Endpoint; queues: Queues; datasetsVersion: string },
): Record<string, string> {
  return {
    SLUICE_NAME: name,
    SLUICE_TABLE_PREFIX: names.tablePrefix,
    SLUICE_LEDGER_TABLE: names.ledgerTable,
    SLUICE_SOURCE_BUCKET: names.sourceBucket,
    SLUICE_RESULTS_BUCKET: names.resultsBucket,
    SLUICE_QUEUE_URL: made.queues.work.url,
    SLUICE_DEAD_LETTER_QUEUE_ARN: made.queues.deadLetters.arn,
    SLUICE_FAILED_EVENTS_QUEUE_ARN: made.queues.failedEvents.arn,
    SLUICE_DATASETS_BUCKET: names.codeBucket,
    SLUICE_DATASETS_KEY: DATASETS_KEY,
    SLUICE_DATASETS_VERSION: made.datasetsVersion,
    AWS_ENDPOINT_URL: made.endpoint.url,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    NODE_OPTIONS: '--enable-source-maps',
  };
}

function definedOnly({ timeoutMs, memoryMb, concurrency }: StackOptions): Partial<typeof DEFAULTS> {
  return {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(memoryMb === undefined ? {} : { memoryMb }),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
}

/**
 * Invokes the function by an event, which is kept until it is through. One that failed at every attempt goes to the queue of failed
 * events, as Lambda's on-failure destination does it.
 */
async function deliverEvent(
  host: FunctionHost,
  kept: KeptEvent,
  { clients, queues, log }: { clients: StackClients; queues: Queues; log: (line: string) => void },
): Promise<void> {
  const outcome = await host.invokeAsync(kept.event);
  if (outcome.kind === 'interrupted') return;
  if (outcome.kind === 'failed') {
    const { attempts, failure } = outcome;
    const failed = { event: kept.event, condition: 'RetriesExhausted', reason: failure.errorMessage };
    try {
      await clients.sqs.send(
        new SendMessageCommand({ QueueUrl: queues.failedEvents.url, MessageBody: formatFailedEvent(failed) }),
      );
    } catch {
      // The stack is closing: the event is kept for the next start.
      return;
    }
    log(
      `An object's event failed ${attempts} times, the last time with: ${failure.errorMessage}. It is in the queue of failed events, and tried again.`,
    );
  }
  kept.drop();
}

/** Invokes the function by the schedule's event, one invocation after the other. */
function startSchedule(host: FunctionHost, everyMs: number): { stop(): void } {
  let isRunning = false;
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    void host.invoke(SWEEP_EVENT).finally(() => (isRunning = false));
  }, everyMs);
  return { stop: () => clearInterval(timer) };
}

async function close(host: FunctionHost, endpoint: Endpoint, clients: StackClients): Promise<void> {
  await host.close();
  closeClients(clients);
  await endpoint.close();
}

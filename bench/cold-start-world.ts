import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { dynamoLedger } from '../src/aws/ledger/dynamo-ledger.ts';
import { s3Source } from '../src/aws/s3/s3-source.ts';
import { wallClock } from '../src/node/wall-clock.ts';
import type { Dataset } from '../src/core/dataset/dataset.ts';
import { formatWork } from '../src/core/imports/work.ts';
import { accept } from '../src/engine/accept.ts';
import { readDatasetFolder } from '../local/dataset-folder.ts';
import { startEndpoint } from '../local/endpoint.ts';
import { LOCAL_CREDENTIALS, type StackClients, type StackNames, stackNames } from '../local/stack.ts';
import { datasetTableDefinition, ensureTable, ledgerTableDefinition } from '../local/tables.ts';
import { memoryQueue } from '../sim/memory-queue.ts';
import { memoryResults } from '../sim/memory-results.ts';
import { peopleText } from './people.ts';

/** Everything around a function that is called with a work message for the first time. */
export type ColdStartWorld = {
  /** The function's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** An SQS event with the message of an import that nobody has begun. */
  makeMessage(): Promise<unknown>;
  /** Resolves when a BatchWriteItem arrives, which is never answered. */
  nextWrite(): Promise<void>;
  close(): Promise<void>;
};

const REGION = 'us-east-1';
const DATASETS_KEY = 'datasets/resolved.json';
const ROWS = 10_000;

export async function startColdStartWorld(): Promise<ColdStartWorld> {
  const endpoint = await startEndpoint({ port: 0, dataDir: null });
  const names = stackNames('sluice');
  const clients = openClients(endpoint.url);
  const { datasets } = await readDatasetFolder('datasets');
  const { queueUrl, datasetsVersion } = await makeResources(clients, names, datasets);
  const ledger = dynamoLedger({ client: clients.dynamo, table: names.ledgerTable });
  const body = Buffer.from([...peopleText({ rows: ROWS })].join(''));

  let wrote: (() => void) | null = null;
  const proxy = await startProxy(endpoint.port, () => wrote?.());
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return {
    environment: environment(names, url, queueUrl.replace(endpoint.url, url), datasetsVersion),
    makeMessage,
    nextWrite: () =>
      new Promise((resolve) => {
        wrote = resolve;
      }),
    close,
  };

  async function makeMessage(): Promise<unknown> {
    const key = 'people/cold-start.csv';
    const put = await clients.s3.send(
      new PutObjectCommand({ Bucket: names.sourceBucket, Key: key, Body: body }),
    );
    const queue = memoryQueue();
    const object = {
      bucket: names.sourceBucket,
      key,
      versionId: put.VersionId!,
      etag: put.ETag!.replaceAll('"', ''),
      sizeBytes: body.length,
      sequencer: null,
    };
    const source = s3Source({ client: clients.s3 });
    const ports = { source, ledger, queue, results: memoryResults(), clock: wallClock() };
    await accept(ports, datasets, object, () => undefined);
    const { importId, chunk, epoch } = queue.messages[0]!;
    return {
      Records: [
        {
          eventSource: 'aws:sqs',
          messageId: importId,
          receiptHandle: 'none',
          body: formatWork({ importId, chunk, epoch }),
          attributes: { ApproximateReceiveCount: '1' },
        },
      ],
    };
  }

  async function close(): Promise<void> {
    for (const client of [clients.s3, clients.dynamo, clients.sqs]) client.destroy();
    proxy.closeAllConnections();
    proxy.close();
    await endpoint.close();
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

/** Answers the work queue's URL and the version of the datasets document. */
async function makeResources(
  { s3, sqs, dynamo }: StackClients,
  names: StackNames,
  datasets: readonly Dataset[],
): Promise<{ queueUrl: string; datasetsVersion: string }> {
  for (const bucket of [names.sourceBucket, names.codeBucket]) {
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    await s3.send(
      new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    );
  }
  const { VersionId } = await s3.send(
    new PutObjectCommand({ Bucket: names.codeBucket, Key: DATASETS_KEY, Body: JSON.stringify({ datasets }) }),
  );
  await ensureTable(dynamo, ledgerTableDefinition(names.ledgerTable));
  for (const dataset of datasets) {
    await ensureTable(dynamo, datasetTableDefinition(dataset, names.tablePrefix));
  }
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: names.queue }));
  return { queueUrl: QueueUrl!, datasetsVersion: VersionId! };
}

function environment(
  names: StackNames,
  url: string,
  queueUrl: string,
  datasetsVersion: string,
): Record<string, string> {
  return {
    SLUICE_NAME: 'sluice',
    SLUICE_TABLE_PREFIX: names.tablePrefix,
    SLUICE_LEDGER_TABLE: names.ledgerTable,
    SLUICE_SOURCE_BUCKET: names.sourceBucket,
    SLUICE_RESULTS_BUCKET: names.resultsBucket,
    SLUICE_QUEUE_URL: queueUrl,
    SLUICE_DATASETS_BUCKET: names.codeBucket,
    SLUICE_DATASETS_KEY: DATASETS_KEY,
    SLUICE_DATASETS_VERSION: datasetsVersion,
    AWS_ENDPOINT_URL: url,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    NODE_OPTIONS: '--enable-source-maps',
  };
}

/** Passes everything on to the endpoint but for batch writes, of which it only tells. */
async function startProxy(endpointPort: number, onWrite: () => void): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    if (headers['x-amz-target'] === 'DynamoDB_20120810.BatchWriteItem') {
      onWrite();
      return;
    }
    // The stack answers to its own name only.
    const own = { ...headers, host: `127.0.0.1:${endpointPort}` };
    const onward = forward(
      { host: '127.0.0.1', port: endpointPort, method, path: url, headers: own },
      (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

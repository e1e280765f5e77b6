import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { dynamoLedger } from '../src/aws/ledger/dynamo-ledger.ts';
import { s3Source } from '../src/aws/s3/s3-source.ts';
import { wallClock } from '../src/node/wall-clock.ts';
import { formatWork } from '../src/core/imports/work.ts';
import { accept } from '../src/engine/accept.ts';
import { readDatasetFolder } from '../src/node/dataset-folder.ts';
import { LOCAL_REGION } from '../src/deployment/local-endpoint.ts';
import { deploymentNames } from '../src/deployment/names.ts';
import { closeClients, openClients } from '../local/clients.ts';
import { startEndpoint } from '../local/endpoint/endpoint.ts';
import { functionEnvironment } from '../local/function/function-environment.ts';
import { makeResources } from '../local/resources.ts';
import { memoryQueue } from '../sim/memory-queue.ts';
import { memoryResults } from '../sim/memory-results.ts';
import { peopleText } from './people.ts';

/** Everything around a function that is called with a work message for the first time. */
export type ColdStartWorld = {
  /** The function's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** An SQS event with the message of an import that no loader has begun. */
  makeMessage(): Promise<unknown>;
  /** Resolves when a BatchWriteItem arrives, which is never answered. */
  nextWrite(): Promise<void>;
  close(): Promise<void>;
};

const NAME = 'sluice';
const VISIBILITY_MS = 60_000;
const ROWS = 10_000;

export async function startColdStartWorld(): Promise<ColdStartWorld> {
  const endpoint = await startEndpoint({ port: 0, dataDir: null });
  const names = deploymentNames(NAME);
  const clients = openClients(endpoint.url);
  const { datasets } = await readDatasetFolder('datasets');
  const resources = await makeResources(clients, names, datasets, {
    workMs: VISIBILITY_MS,
    failedEventMs: VISIBILITY_MS,
  });
  const ledger = dynamoLedger({ client: clients.dynamo, table: names.ledgerTable });
  const body = Buffer.from([...peopleText({ rows: ROWS })].join(''));

  let wrote: (() => void) | null = null;
  const proxy = await startProxy(endpoint.port, () => wrote?.());
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return {
    environment: {
      ...functionEnvironment(NAME, names, resources, url),
      SLUICE_QUEUE_URL: resources.queues.work.url.replace(endpoint.url, url),
      AWS_REGION: LOCAL_REGION,
    },
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
          eventSourceARN: resources.queues.work.arn,
          messageId: importId,
          receiptHandle: 'none',
          body: formatWork({ importId, chunk, epoch }),
          attributes: { ApproximateReceiveCount: '1' },
        },
      ],
    };
  }

  async function close(): Promise<void> {
    closeClients(clients);
    proxy.closeAllConnections();
    proxy.close();
    await endpoint.close();
  }
}

/** Forwards every request to the endpoint, except batch writes: it only reports these. */
async function startProxy(endpointPort: number, onWrite: () => void): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    if (headers['x-amz-target'] === 'DynamoDB_20120810.BatchWriteItem') {
      onWrite();
      return;
    }
    // The endpoint accepts only its own Host header.
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

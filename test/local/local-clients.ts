import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import { type Endpoint, type EndpointOptions, startEndpoint } from '../../local/endpoint/endpoint.ts';
import type { S3EventRecord } from '../../local/s3/event.ts';

export type Local = Omit<Endpoint, 'close'> & {
  readonly close: () => Promise<void>;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly dynamodb: DynamoDBClient;
  /** Records of the objects that were created since the start. */
  readonly events: S3EventRecord[];
};

/** Starts an endpoint on a free port, with the SDK's clients at their default settings; both end with the test. */
export async function startLocal(options: Partial<EndpointOptions> = {}): Promise<Local> {
  const events: S3EventRecord[] = [];
  const endpoint = await startEndpoint({
    port: 0,
    dataDir: null,
    onObjectCreated: ({ Records }) => events.push(...Records),
    ...options,
  });
  const settings = {
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  };
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  const sqs = new SQSClient(settings);
  const dynamodb = new DynamoDBClient(settings);
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= endpoint.close().finally(() => {
      for (const client of [s3, sqs, dynamodb]) client.destroy();
    });
    return closing;
  };
  onTestFinished(close);
  return { url: endpoint.url, port: endpoint.port, close, s3, sqs, dynamodb, events };
}

/** A folder that goes away with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

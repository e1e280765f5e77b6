import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { memoryLedger } from '../../src/engine/memory-ledger.ts';
import { memoryQueue } from '../../sim/memory-queue.ts';
import { tableAsDeclared } from '../../sim/table-as-declared.ts';
import { memoryResults } from '../../sim/memory-results.ts';
import { dynamoConnection } from '../../src/aws/connection.ts';
import { dynamoTable } from '../../src/aws/dynamo/dynamo-table.ts';
import { s3Source } from '../../src/aws/s3/s3-source.ts';
import { wallClock } from '../../src/node/wall-clock.ts';
import { parseDatasets } from '../../src/core/dataset/dataset.ts';
import { importId, type ImportRecord, type ObjectRef } from '../../src/core/imports/import.ts';
import { loadMessage } from '../../src/engine/loading/load-message.ts';
import { datasetTableDefinition, ensureTable } from '../../local/tables.ts';
import { type Engine, engineCredentials } from '../support/engine.ts';
import { moto } from '../support/moto.ts';
import { fails, scriptedServer } from '../support/scripted-server.ts';

type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string };

const things = { source: { prefix: 'things/' }, table: { partition_key: 'id' } };
const datasets = parseDatasets({ things });
const [dataset] = datasets;
const region = 'us-east-1';

describe.skipIf(moto.missing !== null)(
  `with rights enforced by moto${moto.missing === null ? '' : ` (skipped: ${moto.missing})`}`,
  () => {
    let engine: Engine;
    let object: ObjectRef;
    let reader: Credentials;
    let writer: Credentials;
    let loader: Credentials;

    beforeAll(async () => {
      engine = await moto.open();
      const s3 = new S3Client({ endpoint: engine.endpoint, forcePathStyle: true, ...engineCredentials });
      const dynamo = new DynamoDBClient({ endpoint: engine.endpoint, ...engineCredentials });
      const [Bucket, Key, Body] = ['source', 'things/a.csv', 'id\n1\n2\n'];
      await s3.send(new CreateBucketCommand({ Bucket }));
      const { ETag = '' } = await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
      await ensureTable(dynamo, datasetTableDefinition(dataset!, 'test-'));
      s3.destroy();
      dynamo.destroy();
      object = {
        bucket: Bucket,
        key: Key,
        versionId: null,
        etag: ETag.replaceAll('"', ''),
        sizeBytes: Body.length,
        sequencer: null,
      };
      reader = await makeUser('reader', ['s3:GetObject']);
      writer = await makeUser('writer', ['dynamodb:BatchWriteItem']);
      loader = await makeUser('loader', ['s3:GetObject', 'dynamodb:BatchWriteItem']);
      // From now on moto enforces permissions.
      await fetch(`${engine.endpoint}/moto-api/reset-auth`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: '0',
      });
    });
    afterAll(() => engine?.close());

    test('an import without the permission to read the object fails, and names the permission', async () => {
      expectDenied(await importBy(writer), 's3:GetObject', 'source/things/a.csv');
    });

    // moto denies calls of DynamoDB in XML, which DynamoDB never does: so this is DynamoDB's own answer.
    test('an import without the permission to write to the table fails, and names the permission', async () => {
      const refusing = await scriptedServer([
        fails('AccessDeniedException', 'User: reader is not authorized to perform: dynamodb:BatchWriteItem'),
      ]);
      onTestFinished(() => refusing.close());
      const record = await importBy(reader, refusing.endpoint);
      expectDenied(record, 'dynamodb:BatchWriteItem', "'test-things'");
      expect(refusing.requests).toHaveLength(1);
    });

    test('an import with both permissions is done', async () => {
      expect(await importBy(loader)).toMatchObject({ status: 'done', counts: { written: 2 } });
    });

    /** Loads the object with these credentials. The ledger is in memory. */
    async function importBy(credentials: Credentials, tableEndpoint = engine.endpoint) {
      const client = new S3Client({ endpoint: engine.endpoint, forcePathStyle: true, region, credentials });
      const dynamo = new DynamoDBClient({ endpoint: tableEndpoint, region, credentials });
      const clock = wallClock();
      const table = dynamoTable({
        ...(await dynamoConnection(dynamo, 'test-things')),
        table: 'test-things',
        partitionKey: 'id',
        sortKey: null,
        clock,
      });
      onTestFinished(async () => {
        client.destroy();
        dynamo.destroy();
        await table.close();
      });
      const ledger = memoryLedger();
      const id = importId(object);
      await ledger.register(
        {
          id,
          dataset: 'things',
          datasetDigest: dataset!.digest,
          object,
          parallel: 1,
          queuedAtMs: clock.now(),
        },
        [{ startBytes: 0, endBytes: object.sizeBytes, startLine: 1 }],
      );
      const ports = {
        source: s3Source({ client }),
        describeTable: tableAsDeclared,
        table: () => table,
        results: memoryResults(),
        ledger,
        queue: memoryQueue(),
        clock,
      };
      const message = { importId: id, chunk: 0, epoch: 0 };
      const options = { owner: randomUUID(), deadlineMs: Infinity, emit: () => undefined };
      await loadMessage(ports, datasets, message, options);
      return ledger.readImport(id);
    }

    function expectDenied(record: ImportRecord | null, action: string, resource: string): void {
      expect(record).toMatchObject({
        status: 'failed',
        failure: { code: 'access-denied', reason: expect.stringContaining(action) },
        counts: { written: 0 },
      });
      expect(record?.failure?.reason).toContain(resource);
    }

    async function makeUser(name: string, actions: readonly string[]): Promise<Credentials> {
      await iam({ Action: 'CreateUser', UserName: name });
      const Statement = [{ Effect: 'Allow', Action: actions, Resource: '*' }];
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
      await iam({ Action: 'PutUserPolicy', UserName: name, PolicyName: 'all', PolicyDocument });
      const answer = await iam({ Action: 'CreateAccessKey', UserName: name });
      const [, accessKeyId = ''] = /<AccessKeyId>(.*)<\/AccessKeyId>/.exec(answer) ?? [];
      const [, secretAccessKey = ''] = /<SecretAccessKey>(.*)<\/SecretAccessKey>/.exec(answer) ?? [];
      return { accessKeyId, secretAccessKey };
    }

    async function iam(parameters: Record<string, string>): Promise<string> {
      const answer = await fetch(engine.endpoint, {
        method: 'POST',
        headers: {
          // As long as rights are not enforced, moto reads no more of a signature than the service.
          authorization:
            'AWS4-HMAC-SHA256 Credential=test/20261101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0',
        },
        body: new URLSearchParams({ ...parameters, Version: '2010-05-08' }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(text);
      return text;
    }
  },
);

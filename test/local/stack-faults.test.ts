import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteTableCommand, waitUntilTableNotExists } from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { dynamoLedger } from '../../src/aws/ledger/dynamo-ledger.ts';
import { type Dataset, parseDataset, parseDatasets } from '../../src/core/dataset/dataset.ts';
import { importId, type ObjectRef } from '../../src/core/imports/import.ts';
import type { Ledger } from '../../src/core/ports.ts';
import { formatWork } from '../../src/core/imports/work.ts';
import { LOCAL_CREDENTIALS } from '../../src/deployment/local-endpoint.ts';
import { datasetTableDefinition, ensureTable } from '../../local/tables.ts';
import { sluice } from '../support/cli.ts';
import { temporaryFolder } from './local-clients.ts';
import { stackOf, things } from './stack-of.ts';

/** A function that never answers. */
const hangs = 'export const handler = () => new Promise(() => { setInterval(() => {}, 1000); });';

describe('an event that the stack has accepted', () => {
  test('is delivered again after the stack was closed during its invocation', async () => {
    const dataDir = await temporaryFolder();
    const first = await stackOf({
      dataDir,
      bundle: await bundleOf(`console.log('begun'); ${hangs}`),
      timeoutMs: 1000,
    });
    const object = await first.put('things/a.csv', 'id\n1\n');
    await first.logged('begun');
    await first.close();
    const second = await stackOf({ dataDir });
    expect(await second.ended(object)).toMatchObject({ status: 'done', counts: { read: 1, written: 1 } });
    await second.close();
    expect(eventFiles(dataDir)).toEqual([]);
  });

  test('is delivered again after the stack was killed', async () => {
    const dataDir = await temporaryFolder();
    const { s3, kill } = await stackProcess(dataDir, await bundleOf(hangs));
    const keys = ['things/a.csv', 'things/b.csv', 'things/c.csv'];
    for (const [index, Key] of keys.entries()) {
      await s3.send(new PutObjectCommand({ Bucket: 'test-source', Key, Body: `id\n${index}\n` }));
    }
    await kill();
    expect(eventFiles(dataDir)).toHaveLength(3);
    const stack = await stackOf({ dataDir });
    const { Versions = [] } = await stack.clients.s3.send(
      new ListObjectVersionsCommand({ Bucket: stack.names.sourceBucket }),
    );
    const ids = Versions.map(({ Key = '', VersionId = '' }) => importId(versionOf(Key, VersionId)));
    const records = await Promise.all(ids.map((id) => stack.importEnded(id)));
    expect(records.map(({ status, object }) => [object.key, status])).toEqual(
      keys.map((key) => [key, 'done']),
    );
    expect(await stack.items('things')).toHaveLength(3);
    await stack.close();
    expect(eventFiles(dataDir)).toEqual([]);
  });

  test('goes to the queue of failed events if every attempt fails, and is retried', async () => {
    const dataDir = await temporaryFolder();
    const first = await stackOf({
      dataDir,
      failedEventMs: 1000,
      bundle: await bundleOf(`export const handler = async () => { throw new Error('no luck'); };`),
    });
    const object = await first.put('things/a.csv', 'id\n1\n');
    expect(await first.logged('queue of failed events')).toContain(
      'failed 3 times, the last time with: no luck',
    );
    await first.close();
    expect(eventFiles(dataDir)).toEqual([]);
    const second = await stackOf({ dataDir, failedEventMs: 1000 });
    expect(await second.ended(object)).toMatchObject({ status: 'done' });
    expect(await second.logged('"event failed"')).toContain('"EventsFailed":1');
    await second.logged('"event recovered"');
  }, 90_000);
});

describe('an import that no loader works on', () => {
  test('is stalled by its dead letter, and resumed by the ledger alone', async () => {
    const stack = await stackOf();
    const { sqs, dynamo } = stack.clients;
    const ledger = dynamoLedger({ client: dynamo, table: stack.names.ledgerTable });
    const record = newImport('things/gone.csv');
    await ledger.register(record, [{ startBytes: 0, endBytes: 5, startLine: 1 }]);
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: stack.names.deadLetterQueue }));
    const MessageBody = formatWork({ importId: record.id, chunk: 0, epoch: 0 });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    expect(await stack.logged('"import stalled"')).toContain('"ImportsStalled":1');
    expect(await ledger.readImport(record.id)).toMatchObject({
      status: 'stalled',
      lastFailure: { code: 'function-died' },
    });
    const { code, stdout } = await sluice(['status', record.id, `--endpoint=${stack.url}`, '--name=test']);
    expect(code).toBe(0);
    expect(stdout).toContain(`${record.id}: stalled`);
    expect(stdout).toContain('function-died: The function ended each time');
    const retried = await sluice(['retry', record.id, `--endpoint=${stack.url}`, '--name=test']);
    expect(retried.code).toBe(0);
    expect(await stack.importEnded(record.id)).toMatchObject({
      status: 'failed',
      failure: { code: 'object-gone' },
    });
  }, 90_000);

  test('is counted by the sweep', async () => {
    const stack = await stackOf({ sweepMs: 500 });
    const ledger = dynamoLedger({ client: stack.clients.dynamo, table: stack.names.ledgerTable });
    await ledger.register(newImport('things/a.csv'), [{ startBytes: 0, endBytes: 5, startLine: 1 }]);
    expect(JSON.parse(await stack.logged('"OpenImports":1'))).toMatchObject({
      message: 'sweep done',
      StalledImports: 0,
      SilentImports: 0,
      WaitingMessages: 0,
    });
  });
});

describe('an import that cannot succeed is recorded as failed, with', () => {
  test('object-gone, if the object is deleted before it is read', async () => {
    const dataDir = await temporaryFolder();
    const { s3, kill } = await stackProcess(dataDir, await bundleOf(hangs));
    const [Bucket, Key] = ['test-source', 'things/a.csv'];
    const { VersionId = '' } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'id\n1\n' }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    await kill();
    const stack = await stackOf({ dataDir });
    expect(await stack.ended(versionOf(Key, VersionId))).toMatchObject({
      status: 'failed',
      failure: { code: 'object-gone', reason: expect.stringContaining(Key) },
    });
    const [report] = (await stack.results('reports/things/')).values();
    expect(JSON.parse(report!)).toMatchObject({ status: 'failed', failure: { code: 'object-gone' } });
  });

  test('table-missing, if the table was deleted', async () => {
    const stack = await stackOf({ environment: { SLUICE_PATIENCE_S: '0' } });
    await stack.clients.dynamo.send(new DeleteTableCommand({ TableName: 'test-things' }));
    const record = await stack.ended(await stack.put('things/a.csv', 'id\n1\n'));
    expect(record).toMatchObject({
      status: 'failed',
      failure: { code: 'table-missing', reason: expect.stringContaining("'test-things'") },
    });
  });

  test('table-key-mismatch, if the table was created again with another key', async () => {
    const stack = await stackOf();
    const { dynamo } = stack.clients;
    await dynamo.send(new DeleteTableCommand({ TableName: 'test-things' }));
    await waitUntilTableNotExists(
      { client: dynamo, minDelay: 1, maxDelay: 1, maxWaitTime: 10 },
      { TableName: 'test-things' },
    );
    const other = { ...things, table: { partition_key: 'sku' } };
    await ensureTable(dynamo, datasetTableDefinition(parseDataset('things', other), 'test-'));
    const record = await stack.ended(await stack.put('things/a.csv', 'id\n1\n'));
    expect(record).toMatchObject({ status: 'failed', failure: { code: 'table-key-mismatch' } });
  });

  test('empty-file, if the object is empty', async () => {
    const stack = await stackOf();
    const record = await stack.ended(await stack.put('things/a.csv', new Uint8Array()));
    expect(record).toMatchObject({ status: 'failed', failure: { code: 'empty-file' } });
  });
});

/** A function that is not ours: its source in a folder of its own. */
async function bundleOf(source: string): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'index.mjs'), source);
  return folder;
}

/** As much of an object as its import's id depends upon. */
function versionOf(key: string, versionId: string): ObjectRef {
  return { bucket: 'test-source', key, versionId, etag: '', sizeBytes: 0, sequencer: null };
}

/** One whose object does not exist. */
function newImport(key: string): Parameters<Ledger['register']>[0] {
  const object = { bucket: 'test-source', key, versionId: null, etag: 'e', sizeBytes: 5, sequencer: null };
  const [deployed] = parseDatasets({ things });
  const dataset = { dataset: 'things', datasetDigest: (deployed as Dataset).digest };
  return { id: importId(object), ...dataset, object, parallel: 1, queuedAtMs: Date.now() };
}

function eventFiles(dataDir: string): string[] {
  return readdirSync(join(dataDir, 'events'));
}

/** A stack in a process of its own, which can be killed as a machine is. */
async function stackProcess(
  dataDir: string,
  bundle: string,
): Promise<{ s3: S3Client; kill: () => Promise<void> }> {
  const module = new URL('../../local/stack.ts', import.meta.url).href;
  const options = { port: 0, dataDir, bundle, name: 'test', datasets: parseDatasets({ things }) };
  const script = `import { startStack } from '${module}';
    const stack = await startStack({ ...${JSON.stringify(options)}, log: () => {} });
    process.send(stack.url);`;
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  );
  const exited = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  const [url] = (await once(child, 'message')) as [string];
  const s3 = new S3Client({
    endpoint: url,
    region: 'us-east-1',
    credentials: LOCAL_CREDENTIALS,
    forcePathStyle: true,
  });
  onTestFinished(() => s3.destroy());
  return {
    s3,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

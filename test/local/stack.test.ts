import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DeleteTableCommand, waitUntilTableNotExists } from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseDataset } from '../../src/core/dataset.ts';
import { importId, type ObjectRef } from '../../src/core/import.ts';
import { readDatasetFiles } from '../../src/local/dataset-files.ts';
import { LOCAL_CREDENTIALS, type StackOptions } from '../../src/local/stack.ts';
import { datasetTableDefinition, ensureTable } from '../../src/local/tables.ts';
import { missingProgram } from '../support/engine.ts';
import { openStack } from '../support/stack.ts';
import { temporaryFolder } from './local-clients.ts';

const root = join(import.meta.dirname, '../..');
const samplePath = join(root, 'samples/people.csv');
const things = { source: { prefix: 'things/' }, table: { partition_key: 'id' } };
const missingCli = missingProgram('aws');

async function stackOf(options: Partial<StackOptions> = {}) {
  const stack = await openStack({ datasets: { things }, ...options });
  let removing: Promise<void> | null = null;
  const close = (): Promise<void> => (removing ??= stack.remove());
  onTestFinished(close);
  return { ...stack, close };
}

describe('the local stack', () => {
  test('loads the sample that is put by the SDK: items, rejects, report, and the counts in the ledger', async () => {
    const stack = await stackOf({ datasets: await readDatasetFiles(join(root, 'datasets')) });
    const sample = await readFile(samplePath);
    const record = await stack.ended(await stack.put('people/people.csv', sample));
    const { counts } = record;
    expect(record).toMatchObject({ status: 'done', failure: null, finishedChunks: [0] });
    expect(counts).toMatchObject({ read: 1000, rejected: 5, skipped: 0 });
    // The repeated key's first row is superseded, unless it was on its way to the table when the second was read.
    expect(counts.written + counts.superseded).toBe(995);
    expect(counts.superseded).toBeLessThanOrEqual(1);

    // The rows that `samples/README.md` names are bad ones; of the repeated key the later row counts.
    const bad = new Set(['p0150', 'p0333', 'p0480', '', 'p0871']);
    const rows = parse<Record<string, string>>(sample, { columns: true, relax_column_count: true });
    const expected = new Map(rows.filter(({ id }) => !bad.has(id!)).map((row) => [row['id'], itemOf(row)]));
    const items = await stack.items('people');
    expect(items).toHaveLength(994);
    expect(new Map(items.map((item) => [item['id']?.S, item]))).toEqual(expected);

    const rejects = await stack.results(`rejects/people/${record.id}/`);
    const refused = [...rejects.values()].flatMap((text) =>
      parse<Record<string, string>>(text, { columns: true, relax_column_count: true }),
    );
    expect(refused.map((row) => [row['sluice_line'], row['id'], row['sluice_code']])).toEqual([
      ['197', 'p0150', 'number-invalid'],
      ['417', 'p0333', 'too-many-fields'],
      ['585', 'p0480', 'too-few-fields'],
      ['738', '', 'key-empty'],
      ['1075', 'p0871', 'boolean-invalid'],
    ]);
    const reports = await stack.results('reports/people/');
    expect([...reports.keys()]).toEqual([`reports/people/${record.id}.json`]);
    expect(JSON.parse([...reports.values()][0]!)).toMatchObject({
      import: record.id,
      status: 'done',
      counts,
    });
  });

  test.skipIf(missingCli !== null)(
    `loads a file that is put by the aws CLI, in whose table it then finds the rows${missingCli === null ? '' : ` (skipped: ${missingCli})`}`,
    async () => {
      const stack = await stackOf();
      const file = join(await temporaryFolder(), 'a b.csv');
      await writeFile(file, 'id,name\n1,Zoë\n2,"two\nlines"\n');
      const aws = awsCli(stack.url);
      await aws('s3', 'cp', file, `s3://${stack.names.sourceBucket}/things/`);
      const id = /"importId":"([0-9a-f]{20})"/.exec(await stack.logged('"import done"'))![1]!;
      expect(await stack.importEnded(id)).toMatchObject({
        object: { key: 'things/a b.csv' },
        counts: { read: 2, written: 2 },
      });
      const scanned = JSON.parse(await aws('dynamodb', 'scan', '--table-name', 'test-things')) as object;
      expect(scanned).toMatchObject({ Count: 2 });
      const item = await aws(
        'dynamodb',
        'get-item',
        '--table-name',
        'test-things',
        '--key',
        '{"id":{"S":"2"}}',
      );
      expect(JSON.parse(item)).toEqual({ Item: { id: { S: '2' }, name: { S: 'two\nlines' } } });
    },
  );

  test.each([
    'things/größe & 名前.csv',
    'things/a+b c%20d.csv',
    "things/deep/er/it's (1)~!*.csv",
    'things/👩‍👩‍👧‍👦.csv',
  ])('loads the object %s', async (key) => {
    const stack = await stackOf();
    const record = await stack.ended(await stack.put(key, `id,key\n1,"${key}"\n`));
    expect(record).toMatchObject({ status: 'done', object: { key }, counts: { read: 1, written: 1 } });
    expect(await stack.items('things')).toEqual([{ id: { S: '1' }, key: { S: key } }]);
  });

  test('leaves alone what belongs to no dataset, and what the function itself writes', async () => {
    const stack = await stackOf();
    await stack.put('elsewhere/a.csv', 'id\n1\n');
    await stack.put('things/a.txt', 'id\n1\n');
    const { s3 } = stack.clients;
    const Bucket = stack.names.resultsBucket;
    await s3.send(new PutObjectCommand({ Bucket, Key: 'things/a.csv', Body: 'id\n1\n' }));
    await stack.ended(await stack.put('things/b.csv', 'id\n2\n'));
    expect(await stack.items('things')).toEqual([{ id: { S: '2' } }]);
    expect(stack.lines.filter((line) => line.includes('"import queued"'))).toHaveLength(1);
  });

  test('loads each version of an object once', async () => {
    const stack = await stackOf();
    const first = await stack.put('things/a.csv', 'id,v\n1,old\n2,old\n');
    await stack.ended(first);
    const second = await stack.put('things/a.csv', 'id,v\n1,new\n');
    expect(await stack.ended(second)).toMatchObject({ status: 'done', counts: { written: 1 } });
    expect(importId(second)).not.toBe(importId(first));
    expect(await stack.items('things')).toHaveLength(2);
    expect(await stack.items('things')).toContainEqual({ id: { S: '1' }, v: { S: 'new' } });
  });
});

describe('a second start', () => {
  test('finds its rows, objects and imports, and loads nothing again', async () => {
    const dataDir = await temporaryFolder();
    const first = await stackOf({ dataDir });
    const before = await first.ended(await first.put('things/a.csv', 'id\n1\n2\n'));
    await first.close();
    const second = await stackOf({ dataDir });
    expect(await second.items('things')).toHaveLength(2);
    expect(await second.ended(await second.put('things/b.csv', 'id\n3\n'))).toMatchObject({ status: 'done' });
    expect(second.lines.join('\n')).not.toContain(before.id);
    const { Versions } = await second.clients.s3.send(
      new ListObjectVersionsCommand({ Bucket: second.names.sourceBucket }),
    );
    expect(Versions?.map(({ Key }) => Key)).toEqual(['things/a.csv', 'things/b.csv']);
  });

  test('refuses a dataset whose key is no longer the one of its table', async () => {
    const dataDir = await temporaryFolder();
    await (await stackOf({ dataDir })).close();
    for (const [wanted, changed] of [
      ['sku (S)', { ...things, table: { partition_key: 'sku' } }],
      ['id (N)', { ...things, columns: { id: { type: 'number' } } }],
      ['id (S), at (S)', { ...things, table: { partition_key: 'id', sort_key: 'at' } }],
    ] as const) {
      await expect(stackOf({ dataDir, datasets: { things: changed } })).rejects.toMatchObject({
        code: 'table-key-mismatch',
        message: expect.stringContaining(
          `'test-things' has the key id (S), and datasets/things.yaml now wants ${wanted}`,
        ),
      });
    }
    // The refused starts have left nothing behind that would hinder this one.
    await stackOf({ dataDir });
  });

  test('on a taken port says so', async () => {
    const { url } = await stackOf();
    const port = Number(new URL(url).port);
    await expect(stackOf({ port })).rejects.toMatchObject({
      code: 'port-taken',
      message: expect.stringMatching(`Port ${port} of 127.0.0.1 is taken.*--port`),
    });
  });

  test('on the folder of a running stack says so', async () => {
    const { dataDir } = await stackOf();
    await expect(stackOf({ dataDir })).rejects.toMatchObject({
      code: 'configuration-invalid',
      message: expect.stringContaining('another local stack'),
    });
  });
});

describe('an event that the stack has taken', () => {
  test('comes again after the stack was closed while the function was at it', async () => {
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

  test('comes again after the stack was killed', async () => {
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

  test('comes again at the next start where the function could not be brought to take it', async () => {
    const dataDir = await temporaryFolder();
    const first = await stackOf({
      dataDir,
      bundle: await bundleOf(`export const handler = async () => { throw new Error('no luck'); };`),
    });
    const object = await first.put('things/a.csv', 'id\n1\n');
    expect(await first.logged('tried again at the next start')).toContain(
      'failed 3 times, the last time with: no luck',
    );
    await first.close();
    const second = await stackOf({ dataDir });
    expect(await second.ended(object)).toMatchObject({ status: 'done' });
  });
});

describe('an import that can not succeed is recorded as failed, with', () => {
  test('object-gone, where the object is deleted before it is read', async () => {
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

  test('table-missing, where the table was deleted', async () => {
    const stack = await stackOf();
    await stack.clients.dynamo.send(new DeleteTableCommand({ TableName: 'test-things' }));
    const record = await stack.ended(await stack.put('things/a.csv', 'id\n1\n'));
    expect(record).toMatchObject({
      status: 'failed',
      failure: { code: 'table-missing', reason: expect.stringContaining("'test-things'") },
    });
  });

  test('table-key-mismatch, where the table was made anew with another key', async () => {
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

  test('empty-file, where there is nothing in the object', async () => {
    const stack = await stackOf();
    const record = await stack.ended(await stack.put('things/a.csv', new Uint8Array()));
    expect(record).toMatchObject({ status: 'failed', failure: { code: 'empty-file' } });
  });
});

function itemOf(row: Record<string, string>) {
  const { id, age, height_m: height, active, ...texts } = row;
  return {
    id: { S: id },
    ...(age === '' ? {} : { age: { N: age } }),
    // DynamoDB gives numbers back without the zeros at their ends.
    height_m: { N: String(Number(height)) },
    active: { BOOL: active === 'true' },
    ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, { S: text }])),
  };
}

/** A function that never answers. */
const hangs = 'export const handler = () => new Promise(() => { setInterval(() => {}, 1000); });';

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

function eventFiles(dataDir: string): string[] {
  return readdirSync(join(dataDir, 'events'));
}

/** A stack in a process of its own, which can be killed as a machine is. */
async function stackProcess(
  dataDir: string,
  bundle: string,
): Promise<{ s3: S3Client; kill: () => Promise<void> }> {
  const module = new URL('../../src/local/stack.ts', import.meta.url).href;
  const options = { port: 0, dataDir, bundle, name: 'test', datasets: { things } };
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

function awsCli(url: string): (...args: string[]) => Promise<string> {
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    LC_ALL: 'C.UTF-8',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
  };
  const run = promisify(execFile);
  return async (...args) =>
    (await run('aws', ['--endpoint-url', url, '--output', 'json', ...args], { env })).stdout;
}

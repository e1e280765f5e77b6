import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { dynamoLedger } from '../../src/aws/ledger/dynamo-ledger.ts';
import { parseDatasets } from '../../src/core/dataset/dataset.ts';
import { putCounts } from '../support/counts.ts';
import { importId } from '../../src/core/imports/import.ts';
import { importDetails } from '../../src/engine/import-overview.ts';
import { chunksAt } from '../../src/core/imports/plan.ts';
import { formatWork } from '../../src/core/imports/work.ts';
import { readDatasetFolder } from '../../src/node/dataset-folder.ts';
import { missingProgram } from '../support/engine.ts';
import { temporaryFolder } from './local-clients.ts';
import { stackOf, things } from './stack-of.ts';

const root = join(import.meta.dirname, '../..');
const samplePath = join(root, 'samples/people.csv');
const missingCli = missingProgram('aws');

describe('the local stack', () => {
  test('loads the sample that the SDK uploads: items, rejects, report, and the counts in the ledger', async () => {
    const stack = await stackOf(await readDatasetFolder(join(root, 'datasets')));
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
    expect(refused.map((row) => [row[`sluice_line_${record.id}`], row['id'], row['sluice_code']])).toEqual([
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

  test('counts the rows of a reject file that is fixed and uploaded again, under any name, as repaired once', async () => {
    const datasets = parseDatasets({ things: { ...things, columns: { n: 'number' } } });
    const stack = await stackOf({ datasets });
    const ledger = dynamoLedger({ client: stack.clients.dynamo, table: stack.names.ledgerTable });
    const body = `id,n\n${['a', 'b', 'c', 'd', 'e'].map((id) => `${id},x\n`).join('')}f,6\n`;
    const { id } = await stack.ended(await stack.put('things/a.csv', body));
    const rejects = await stack.results(`rejects/things/${id}/`);
    const fixed = [...rejects.values()][0]!.replaceAll(/,x\n/g, ',5\n');
    for (const key of ['things/fixed.csv', 'things/again.txt']) {
      const repair = await stack.ended(await stack.put(key, fixed));
      expect(repair).toMatchObject({ status: 'done', repairOf: [id], counts: { loaded: 5, rejected: 0 } });
      const { repaired } = await importDetails(ledger, id, Date.now());
      expect(repaired).toEqual({ rows: 5, of: 5, isComplete: true });
    }
    expect(await stack.items('things')).toHaveLength(6);
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

  test('ignores objects of no dataset, and those that the function writes', async () => {
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

  test('ends an import with the document that it began with, and begins the next with what is there now', async () => {
    const dataDir = await temporaryFolder();
    const typed = (type: string) => parseDatasets({ things: { ...things, columns: { n: { type } } } });
    const first = await stackOf({ dataDir, datasets: typed('string') });
    const { datasetDigest } = await first.ended(await first.put('things/a.csv', 'id,n\n1,1\n'));
    await first.close();

    const second = await stackOf({ dataDir, datasets: typed('number') });
    const { dynamo, sqs } = second.clients;
    // Half loaded when the first stack ended: one of its two rows. No event is sent for it.
    const object = await second.put('elsewhere/b.csv', 'id,n\n2,2\n3,3\n');
    const ledger = dynamoLedger({ client: dynamo, table: second.names.ledgerTable });
    const id = importId(object);
    const record = { id, dataset: 'things', datasetDigest, object, parallel: 1, queuedAtMs: Date.now() };
    await ledger.register(record, chunksAt([], object));
    const lease = { importId: id, chunk: 0, owner: 'first' };
    await ledger.claim(lease, { epoch: 0, nowMs: Date.now(), untilMs: Date.now() + 60_000 });
    const counts = putCounts({ read: 1, written: 1 });
    await ledger.release(lease, { offsetBytes: 9, line: 3, counts, units: 1 }, 1);
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: second.names.queue }));
    const MessageBody = formatWork({ importId: id, chunk: 0, epoch: 1 });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

    expect(await second.importEnded(id)).toMatchObject({
      failure: null,
      status: 'done',
      counts: { read: 2, written: 2 },
    });
    await second.ended(await second.put('things/c.csv', 'id,n\n4,4\n'));
    const items = await second.items('things');
    expect(items.toSorted((a, b) => Number(a['id']?.S) - Number(b['id']?.S))).toEqual([
      { id: { S: '1' }, n: { S: '1' } },
      { id: { S: '3' }, n: { S: '3' } },
      { id: { S: '4' }, n: { N: '4' } },
    ]);
  });

  test('refuses a dataset whose key is no longer the one of its table', async () => {
    const dataDir = await temporaryFolder();
    await (await stackOf({ dataDir })).close();
    for (const [wanted, changed] of [
      ['sku (S)', { ...things, table: { partition_key: 'sku' } }],
      ['id (N)', { ...things, columns: { id: { type: 'number' } } }],
      ['id (S), at (S)', { ...things, table: { partition_key: 'id', sort_key: 'at' } }],
    ] as const) {
      await expect(stackOf({ dataDir, datasets: parseDatasets({ things: changed }) })).rejects.toMatchObject({
        code: 'table-key-mismatch',
        message: expect.stringContaining(
          `'test-things' has the key id (S), but datasets/things.yaml now asks for ${wanted}`,
        ),
      });
    }
    // The refused starts have left nothing behind that would hinder this one.
    await stackOf({ dataDir });
  });

  test('hides messages for the timeout of its function and a minute', async () => {
    const dataDir = await temporaryFolder();
    await (await stackOf({ dataDir, timeoutMs: 10_000 })).close();
    const { names, clients } = await stackOf({ dataDir, timeoutMs: 20_000 });
    const { QueueUrl } = await clients.sqs.send(new GetQueueUrlCommand({ QueueName: names.queue }));
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['VisibilityTimeout'] }),
    );
    expect(Attributes).toEqual({ VisibilityTimeout: '80' });
  });

  test('on a port in use fails with port-taken', async () => {
    const { url } = await stackOf();
    const port = Number(new URL(url).port);
    await expect(stackOf({ port })).rejects.toMatchObject({
      code: 'port-taken',
      message: expect.stringMatching(`Port ${port} of 127.0.0.1 is in use.*--port`),
    });
  });

  test('on the folder of a running stack fails', async () => {
    const { dataDir } = await stackOf();
    await expect(stackOf({ dataDir })).rejects.toMatchObject({
      code: 'configuration-invalid',
      message: expect.stringContaining('another local stack'),
    });
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
    // An empty cell is null, and a null is no attribute.
    ...Object.fromEntries(
      Object.entries(texts)
        .filter(([, text]) => text !== '')
        .map(([name, text]) => [name, { S: text }]),
    ),
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

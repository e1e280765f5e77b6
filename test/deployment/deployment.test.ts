import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTableCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build } from '../../scripts/build.ts';
import { dynamoLedger } from '../../src/aws/ledger/dynamo-ledger.ts';
import { hasEnded } from '../../src/core/imports/import.ts';
import { type FunctionHost, startFunctionHost } from '../../local/function/function-host.ts';
import { missingProgram } from '../support/engine.ts';
import { type Clients, clients } from './clients.ts';
import { type Credentials, type EmulatedAws, missing, openEmulatedAws, REGION } from './emulated-aws.ts';
import { forbiddenCalls } from './forbidden-calls.ts';
import { copyTerraform, type TerraformCopy } from './terraform-copy.ts';

const root = join(import.meta.dirname, '../..');
const lacking = missing ?? missingProgram('terraform');

/** Every word that the sample's dataset leaves out. */
const readings = `
source: { prefix: readings/, suffix: .txt }
format: { delimiter: ";" }
columns: { at: { type: number }, value: { type: number } }
table:
  name: sensor-readings
  partition_key: sensor
  sort_key: at
  billing: on_demand
  ttl_attribute: until
  point_in_time_recovery: false
`;

const all = ['-input=false', '-no-color', '-var=force_destroy=true'];

type FunctionConfiguration = {
  readonly FunctionName: string;
  readonly Handler: string;
  readonly Runtime: string;
  readonly Architectures: readonly string[];
  readonly Timeout: number;
  readonly MemorySize: number;
  readonly CodeSha256: string;
  readonly Role: string;
  readonly Environment: { readonly Variables: Readonly<Record<string, string>> };
};

// In the order of a deployment's life: each test goes on from where the one before it ended.
describe.skipIf(lacking !== null)(`a deployment${lacking === null ? '' : ` (${lacking})`}`, () => {
  const events: unknown[] = [];
  const log: string[] = [];
  let deliver = (event: unknown): void => void events.push(event);
  let aws: EmulatedAws;
  let terraform: TerraformCopy;
  let folder: string;
  let zip: Buffer;
  let admin: Clients;
  let outputs: Readonly<Record<string, string>>;
  let configuration: FunctionConfiguration;
  let role: Credentials;
  let host: FunctionHost | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-deployed-'));
    const { zipPath } = await build(root, folder);
    zip = await readFile(zipPath);
    aws = await openEmulatedAws((event) => deliver(event));
    admin = clients(aws, aws.admin);
    terraform = await copyTerraform({
      root,
      zip: zipPath,
      datasets: { 'readings.yaml': readings },
      environment: aws.environment(aws.admin),
    });
    await terraform.run(['init', '-input=false', '-no-color']);
    await terraform.run(['apply', '-auto-approve', ...all]);
    const told = JSON.parse(await terraform.run(['output', '-json'])) as Record<string, { value: string }>;
    outputs = Object.fromEntries(Object.entries(told).map(([name, { value }]) => [name, value]));
    configuration = (await aws.cli('lambda', 'get-function-configuration', {
      'function-name': outputs['function_name']!,
    })) as FunctionConfiguration;
    role = await assume(configuration.Role);
  }, 600_000);

  afterAll(async () => {
    await host?.close();
    await terraform?.remove();
    await aws?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function assume(arn: string): Promise<Credentials> {
    const { Credentials: given } = (await aws.cli('sts', 'assume-role', {
      'role-arn': arn,
      'role-session-name': 'function',
    })) as { Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string } };
    return {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      sessionToken: given.SessionToken,
    };
  }

  test('is the tree: a second plan finds nothing to change', async () => {
    const plan = await terraform.run(['plan', '-detailed-exitcode', ...all]);
    expect(plan).toContain('No changes.');
  }, 120_000);

  test('has the zip in the code bucket, byte for byte, and the function made of it', async () => {
    const { Body } = await admin.s3.send(
      new GetObjectCommand({ Bucket: outputs['code_bucket'], Key: 'lambda.zip' }),
    );
    const deployed = await Body!.transformToByteArray();
    expect(Buffer.compare(deployed, zip)).toBe(0);
    expect(configuration).toMatchObject({
      CodeSha256: createHash('sha256').update(deployed).digest('base64'),
      Handler: 'index.handler',
      Runtime: 'nodejs22.x',
      Architectures: ['arm64'],
      Timeout: 900,
      MemorySize: 512,
    });
    await writeFile(join(folder, 'deployed.zip'), deployed);
  });

  test("has a table for each dataset, as the dataset's document says", async () => {
    expect(await described('sluice-people')).toMatchObject({
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
    });
    expect(await described('sluice-sensor-readings')).toMatchObject({
      KeySchema: [
        { AttributeName: 'sensor', KeyType: 'HASH' },
        { AttributeName: 'at', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: expect.arrayContaining([{ AttributeName: 'at', AttributeType: 'N' }]) as unknown,
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    });
  });

  test('hears of the files that are dropped under a prefix of its own, and of no others', async () => {
    const heard = new Promise<void>((resolve) => {
      deliver = (event) => {
        if (events.push(event) === 2) resolve();
      };
    });
    await drop('elsewhere/a.csv', 'id\n1\n');
    await drop('people/notes.txt', 'id\n1\n');
    await drop('people/été + 100%/people.csv', await readFile(join(root, 'samples/people.csv')));
    await drop('readings/today.txt', 'sensor;at;value\na;1;20.5\na;2;-300\nb;1;\n;1;5\n');
    await heard;
    const keys = events.map((event) => (event as S3Event).Records[0]!.s3.object.key);
    expect(new Set(keys)).toEqual(
      new Set(['people/%C3%A9t%C3%A9+%2B+100%25/people.csv', 'readings/today.txt']),
    );
  });

  test('loads them by the deployed zip, with the deployed configuration and the rights of its role', async () => {
    host = await startFunctionHost({
      bundle: join(folder, 'deployed.zip'),
      handler: configuration.Handler,
      functionName: configuration.FunctionName,
      region: REGION,
      environment: { ...configuration.Environment.Variables, ...aws.environment(role) },
      timeoutMs: configuration.Timeout * 1000,
      memoryMb: configuration.MemorySize,
      concurrency: 1,
      retryDelaysMs: [],
      // Lambda takes messages from the queue, and deletes them, in the role's name.
      queues: ['queue_url', 'dead_letter_queue_url', 'failed_events_queue_url'].map((name) => ({
        client: clients(aws, role).sqs,
        url: outputs[name]!,
      })),
      log: (line) => void log.push(line),
    });
    for (const event of events) {
      expect({ ...(await host.invokeAsync(event)), log }).toMatchObject({ kind: 'succeeded' });
    }
    const ledger = dynamoLedger({ client: admin.dynamodb, table: outputs['ledger_table']! });
    const ended = async (): Promise<boolean> => {
      const imports = await ledger.listImports(null, 10);
      return imports.length === 2 && imports.every(({ status }) => hasEnded(status));
    };
    await expect.poll(ended, { timeout: 60_000, interval: 200 }).toBe(true);
    const [people] = await ledger.listImports('people', 10);
    expect(people).toMatchObject({ status: 'done', counts: { read: 1000, rejected: 5 } });
    const [sensors] = await ledger.listImports('readings', 10);
    expect(sensors).toMatchObject({
      status: 'done',
      counts: { read: 4, written: 3, rejected: 1, superseded: 0 },
    });
    await host.close();
    host = undefined;
  }, 120_000);

  test('has then the rows in its tables, and what became of the others in its results', async () => {
    const measured = await scanned('sluice-sensor-readings');
    expect(measured).toHaveLength(3);
    expect(measured).toEqual(
      expect.arrayContaining([
        { sensor: { S: 'a' }, at: { N: '1' }, value: { N: '20.5' } },
        { sensor: { S: 'a' }, at: { N: '2' }, value: { N: '-300' } },
      ]),
    );
    const people = await scanned('sluice-people');
    const rows = parse<Record<string, string>>(await readFile(join(root, 'samples/people.csv')), {
      columns: true,
      relax_column_count: true,
    });
    // `samples/README.md`: five rows of 1,000 are bad, and one key is there twice.
    expect(people).toHaveLength(994);
    const row = rows.find(({ id }) => id === 'p0004')!;
    expect(people.find((item) => item['id']?.S === 'p0004')).toEqual({
      id: { S: 'p0004' },
      name: { S: row['name'] },
      email: { S: row['email'] },
      age: { N: '84' },
      height_m: { N: '2.02' },
      active: { BOOL: false },
      joined: { S: row['joined'] },
      notes: { S: row['notes'] },
    });
    const { Contents } = (await aws.cli('s3api', 'list-objects-v2', {
      bucket: outputs['results_bucket']!,
    })) as { Contents: { Key: string }[] };
    const folders = Contents.map(({ Key }) => Key.split('/').slice(0, 2).join('/'));
    expect(new Set(folders)).toEqual(
      new Set(['rejects/people', 'rejects/readings', 'reports/people', 'reports/readings']),
    );
  });

  test.each(forbiddenCalls)('denies its role to %s', async (_, attempt) => {
    const denied = { name: expect.stringMatching(/^AccessDenied(Exception)?$/) as string };
    await expect(attempt(clients(aws, role), outputs)).rejects.toMatchObject(denied);
  });

  test('is gone without a trace once it is destroyed', async () => {
    await terraform.run(['destroy', '-auto-approve', ...all]);
    expect(await left('s3api', 'list-buckets')).toEqual([]);
    expect(await left('dynamodb', 'list-tables')).toEqual([]);
    expect(await left('sqs', 'list-queues')).toEqual([]);
    expect(await left('lambda', 'list-functions')).toEqual([]);
    expect(await left('lambda', 'list-event-source-mappings')).toEqual([]);
    expect(await left('iam', 'list-roles')).toEqual([]);
    expect(await left('logs', 'describe-log-groups')).toEqual([]);
  }, 300_000);

  async function described(table: string): Promise<unknown> {
    return (await admin.dynamodb.send(new DescribeTableCommand({ TableName: table }))).Table;
  }

  /** What a listing lists: nothing may be answered by an empty list or by nothing at all. */
  async function left(service: string, action: string): Promise<unknown> {
    return Object.values((await aws.cli(service, action)) ?? {}).find(Array.isArray) ?? [];
  }

  async function drop(key: string, body: string | Buffer): Promise<void> {
    await admin.s3.send(new PutObjectCommand({ Bucket: outputs['source_bucket'], Key: key, Body: body }));
  }

  async function scanned(table: string) {
    const pages = [];
    for await (const page of paginateScan({ client: admin.dynamodb }, { TableName: table })) pages.push(page);
    return pages.flatMap(({ Items }) => Items ?? []);
  }
});

type S3Event = {
  readonly Records: readonly { readonly s3: { readonly object: { readonly key: string } } }[];
};

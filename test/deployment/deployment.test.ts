import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTableCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
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

/** Sets the options that the sample's dataset does not set. */
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

/** A second dataset, which needs a table and so another policy, and another type for a column of `readings`. */
const notes = `
source: { prefix: notes/, suffix: .txt }
table: { partition_key: id, billing: on_demand, point_in_time_recovery: false }
`;
const readingsAsText = readings.replace('value: { type: number }', 'value: { type: string }');

const all = ['-input=false', '-no-color', '-var=force_destroy=true'];

/** The keys of two files, one of them with characters that a notification encodes. */
const DROPPED = ['people/été + 100%/people.csv', 'readings/today.txt'];

/** Rows of a file: several batches. */
const READINGS = 60;

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

// In the order of a deployment's life: each test starts in the state that the previous one left.
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
    configuration = await currentConfiguration();
    role = await assume(configuration.Role);
  }, 600_000);

  afterAll(async () => {
    await host?.close();
    await terraform?.remove();
    await aws?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function currentConfiguration(): Promise<FunctionConfiguration> {
    const name = { 'function-name': outputs['function_name']! };
    return (await aws.cli('lambda', 'get-function-configuration', name)) as FunctionConfiguration;
  }

  /** Runs the deployed zip as the deployment configures it at this moment, in the name of its role. `queues`: the outputs with their URLs. */
  async function startDeployed(queues: readonly string[]): Promise<FunctionHost> {
    const { Handler, FunctionName, Environment, Timeout, MemorySize } = await currentConfiguration();
    return startFunctionHost({
      bundle: join(folder, 'deployed.zip'),
      handler: Handler,
      functionName: FunctionName,
      region: REGION,
      environment: { ...Environment.Variables, ...aws.environment(role) },
      timeoutMs: Timeout * 1000,
      memoryMb: MemorySize,
      concurrency: 1,
      retryDelaysMs: [],
      // Lambda receives messages from the queue, and deletes them, in the name of the role.
      queues: queues.map((name) => ({ client: clients(aws, role).sqs, url: outputs[name]! })),
      log: (line) => void log.push(line),
    });
  }

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

  test('matches its configuration: a second plan finds nothing to change', async () => {
    const plan = await terraform.run(['plan', '-detailed-exitcode', ...all]);
    expect(plan).toContain('No changes.');
  }, 120_000);

  test('stores the built zip in the code bucket, and runs the function from it', async () => {
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

  test('has a table for each dataset, with the key and billing of its document', async () => {
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

  /*
   * Terraform changes the resources of a deployment one after another while files arrive. Here the real provider applies one module (with
   * the tables that it needs) at a time to moto. Between every two steps a file is accepted and loaded by the deployed zip, with the function's configuration and
   * the role's permissions of that moment. Terraform orders policy and document before the function, but not these two: the change is
   * applied in one order and reverted in the other. Every file must be loaded with exactly one document, which is the old one
   * until the function's environment names the new version.
   *
   * Not modelled, and untested on AWS: IAM takes seconds to apply a policy everywhere, Lambda replaces execution environments one by
   * one (here all at once), and a new table takes a while to become ACTIVE.
   *
   * This test receives messages itself and runs before any poller: moto goes on with a long poll whose client has gone, and hides what it gets.
   */
  test('loads each file that arrives between two steps of a change of its datasets, with one of the two documents', async () => {
    await terraform.setDatasets({ 'readings.yaml': readingsAsText, 'notes.yaml': notes });
    const types = [await typesOfLoad('before')];
    for (const step of ['execution_role', 'datasets_document']) {
      await applyOnly(step);
      types.push(await typesOfLoad(`after-${step}`));
    }
    // The old function accepts this file, and the new one loads it.
    await withFunction((old) => accept(old, 'across'));
    await applyOnly('function');
    types.push(
      await withFunction((changed) => typesOf(changed, 'across')),
      await typesOfLoad('after-function'),
    );
    expect(types).toEqual(['N', 'N', 'N', 'N', 'S']);

    await terraform.setDatasets({ 'readings.yaml': readings });
    const reverted: string[] = [];
    for (const step of ['datasets_document', 'execution_role', 'function']) {
      await applyOnly(step);
      reverted.push(await typesOfLoad(`reverted-${step}`));
    }
    expect(reverted).toEqual(['S', 'S', 'N']);
  }, 600_000);

  test('gets events of the files under the prefix of a dataset, and of no others', async () => {
    const heard = new Promise<void>((resolve) => {
      deliver = (event) => {
        if (events.push(event) === 3) resolve();
      };
    });
    await drop('elsewhere/a.csv', 'id\n1\n');
    await drop('people/notes.txt', 'id\n1\n');
    await drop(DROPPED[0]!, await readFile(join(root, 'samples/people.csv')));
    await drop(DROPPED[1]!, 'sensor;at;value\na;1;20.5\na;2;-300\nb;1;\n;1;5\n');
    await heard;
    const keys = events.map((event) => (event as S3Event).Records[0]!.s3.object.key);
    expect(new Set(keys)).toEqual(
      new Set(['people/notes.txt', 'people/%C3%A9t%C3%A9+%2B+100%25/people.csv', 'readings/today.txt']),
    );
  });

  test('loads these files with the deployed zip, its configuration and the permissions of its role', async () => {
    host = await startDeployed(['queue_url', 'dead_letter_queue_url', 'failed_events_queue_url']);
    for (const event of events) {
      expect({ ...(await host.invokeAsync(event)), log }).toMatchObject({ kind: 'succeeded' });
    }
    const ledger = dynamoLedger({ client: admin.dynamodb, table: outputs['ledger_table']! });
    const ended = async (): Promise<boolean> => {
      const imports = await ledger.listImports(null, 50);
      const dropped = imports.filter(({ object }) => DROPPED.includes(object.key));
      return dropped.length === 2 && dropped.every(({ status }) => hasEnded(status));
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

  test('then has the rows in its tables, and the rejects and reports in its results bucket', async () => {
    const measured = (await scanned('sluice-sensor-readings')).filter(
      ({ sensor }) => sensor!.S!.length === 1,
    );
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
    // `samples/README.md`: five of 1,000 rows are bad, and one key occurs twice.
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

  test('leaves no resource after it is destroyed', async () => {
    await terraform.run(['destroy', '-auto-approve', ...all]);
    expect(await left('s3api', 'list-buckets')).toEqual([]);
    expect(await left('dynamodb', 'list-tables')).toEqual([]);
    expect(await left('sqs', 'list-queues')).toEqual([]);
    expect(await left('lambda', 'list-functions')).toEqual([]);
    expect(await left('lambda', 'list-event-source-mappings')).toEqual([]);
    expect(await left('iam', 'list-roles')).toEqual([]);
    expect(await left('logs', 'describe-log-groups')).toEqual([]);
  }, 300_000);

  async function applyOnly(module: string): Promise<void> {
    await terraform.run(['apply', '-auto-approve', '-refresh=false', `-target=module.${module}`, ...all]);
  }

  async function withFunction<T>(use: (host: FunctionHost) => Promise<T>): Promise<T> {
    const running = await startDeployed([]);
    try {
      return await use(running);
    } finally {
      await running.close();
    }
  }

  function typesOfLoad(sensor: string): Promise<string> {
    return withFunction(async (current) => {
      await accept(current, sensor);
      return typesOf(current, sensor);
    });
  }

  /** Uploads a file of one sensor's readings, and invokes the function with its event. */
  async function accept(accepting: FunctionHost, sensor: string): Promise<void> {
    const rows = Array.from({ length: READINGS }, (_, at) => `${sensor};${at};${at}\n`);
    const heard = new Promise((resolve) => {
      deliver = resolve;
    });
    await drop(`readings/${sensor}.txt`, `sensor;at;value\n${rows.join('')}`);
    const outcome = await accepting.invokeAsync(await heard);
    expect({ ...outcome, log }).toMatchObject({ kind: 'succeeded' });
  }

  /** Invokes the function with the work message of the sensor's file. Returns the DynamoDB types of the values in the table, each once. */
  async function typesOf(loading: FunctionHost, sensor: string): Promise<string> {
    const { sqs } = clients(aws, role);
    const queue = { QueueUrl: outputs['queue_url'] };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(queue));
    expect(Messages).toHaveLength(1);
    const [{ MessageId, ReceiptHandle, Body } = {}] = Messages;
    const record = {
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:sluice-work',
    };
    const outcome = await loading.invoke({
      Records: [{ ...record, messageId: MessageId, receiptHandle: ReceiptHandle, body: Body }],
    });
    expect({ ...outcome, log }).toMatchObject({ kind: 'answered', value: { batchItemFailures: [] } });
    await sqs.send(new DeleteMessageCommand({ ...queue, ReceiptHandle }));
    const ledger = dynamoLedger({ client: admin.dynamodb, table: outputs['ledger_table']! });
    const imports = await ledger.listImports('readings', 50);
    expect(imports.find(({ object }) => object.key === `readings/${sensor}.txt`)).toMatchObject({
      status: 'done',
      counts: { read: READINGS, written: READINGS, rejected: 0 },
    });
    const items = (await scanned('sluice-sensor-readings')).filter((item) => item['sensor']?.S === sensor);
    expect(items).toHaveLength(READINGS);
    return [...new Set(items.flatMap((item) => Object.keys(item['value'] ?? {})))].join();
  }

  async function described(table: string): Promise<unknown> {
    return (await admin.dynamodb.send(new DescribeTableCommand({ TableName: table }))).Table;
  }

  /** The entries of a listing. Without any, AWS answers with an empty list or with no list. */
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

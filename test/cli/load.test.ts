import { putCounts } from '../support/counts.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DeleteTableCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { dynamoLedger } from '../../src/aws/ledger/dynamo-ledger.ts';
import { parseDataset } from '../../src/core/dataset/dataset.ts';
import { datasetTableDefinition, ensureTable } from '../../local/tables.ts';
import { type Local, startLocal } from '../local/local-clients.ts';
import { sluice, startSluice } from '../support/cli.ts';
import { countItems, importOf, jsonOf, setUpLoad, things } from '../support/load-command.ts';
import { missingProgram } from '../support/engine.ts';
import { gatedEndpoint } from '../support/gated-endpoint.ts';

test('a load that is done exits with 0, and prints its counts and its report', async () => {
  const { local, write, args } = await setUpLoad();
  const file = await write('id,n\na,1\nb,2\n');
  const { code, stdout, stderr } = await sluice(args(file));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`${file}: done in`);
  expect(stdout).toContain('rows: read 2 = loaded 2 + skipped 0 + rejected 0; items: made 2 = written 2');
  const [, report] = /report: (.*\.json)/.exec(stdout)!;
  expect(JSON.parse(await readFile(report!, 'utf8'))).toMatchObject({
    status: 'done',
    counts: { written: 2 },
  });
  expect(await countItems(local)).toBe(2);
});

test('a load with rejects exits with 3, and says where they are', async () => {
  const { local, write, args } = await setUpLoad();
  const { code, stdout } = await sluice(args(await write('id,n\na,1\nb,two\n')));
  expect(code).toBe(3);
  expect(stdout).toContain('rows: read 2 = loaded 1 + skipped 0 + rejected 1; items: made 1 = written 1');
  const [, rejects] = /rejected rows, with reasons: (.*\.csv)/.exec(stdout)!;
  expect(await readFile(rejects!, 'utf8')).toContain('3,n,number-invalid,"""two"" is not a number",b,two');
  expect(await countItems(local)).toBe(1);
});

test('a load that fails exits with 1, and says why', async () => {
  const { write, args } = await setUpLoad();
  const { code, stdout } = await sluice(args(await write('name,n\nAnn,1\n')));
  expect(code).toBe(1);
  expect(stdout).toMatch(/failed: key-column-missing: .*'id'.*name, n/s);
});

test('a file may be loaded as often as one likes', async () => {
  const { write, args } = await setUpLoad();
  const file = await write('id,n\na,1\n');
  const first = importOf(await sluice(args(file, '--json')));
  const second = importOf(await sluice(args(file, '--json')));
  expect(second).toMatchObject({ status: 'done', counts: { written: 1 } });
  expect(second.id).not.toBe(first.id);
});

test('a file of a dataset that loads its files in order has its turn, one file after another', async () => {
  const { local, folder, write, args } = await setUpLoad();
  const ordered = { ...things, source: { prefix: 'ordered/' }, load: { files: 'in_order' } };
  await writeFile(join(folder, 'datasets/ordered.yaml'), JSON.stringify(ordered));
  await ensureTable(local.dynamodb, datasetTableDefinition(parseDataset('ordered', ordered), 'test-'));
  const load = async (text: string) =>
    importOf(await sluice(args(await write(text), '--json', '--dataset=ordered')));
  const [first, second] = [await load('id,n\na,1\n'), await load('id,n\na,22\n')];
  expect([first.status, second.status]).toEqual(['done', 'done']);
  expect(first.place! < second.place!).toBe(true);
});

test.each([
  ['done', 'id,n\na,1\n', 0, { status: 'done', counts: { written: 1 }, rejects: [], failure: null }],
  [
    'done with rejects',
    'id,n\na,x\nb,2\n',
    3,
    { status: 'done', counts: { rejected: 1 }, rejects: [expect.any(String)] },
  ],
  ['failed', 'n\n1\n', 1, { status: 'failed', failure: { code: 'key-column-missing' } }],
  [
    'failed, with every row rejected',
    'id,n\na,x\n',
    1,
    { status: 'failed', failure: { code: 'nothing-loaded' }, rejects: [expect.any(String)] },
  ],
])('--json prints one object and nothing else where a load is %s', async (_, text, code, expected) => {
  const { write, args } = await setUpLoad();
  const ending = await sluice(args(await write(text), '--json'));
  expect(ending.code).toBe(code);
  expect(importOf(ending)).toMatchObject({ ...expected, report: expect.stringContaining('.json') });
});

test.each<[string, string, (setting: Awaited<ReturnType<typeof setUpLoad>>) => Promise<string[]>, RegExp]>([
  [
    'a dataset that does not exist',
    'no-dataset',
    async ({ write, args }) => args(await write('id\n1\n'), '--dataset', 'people'),
    /no dataset 'people' in .*\. Datasets: things/,
  ],
  [
    'a file that does not exist',
    'input-missing',
    async ({ folder, args }) => args(join(folder, 'none.csv')),
    /none\.csv does not exist/,
  ],
  [
    'a datasets folder that does not exist',
    'file-unreadable',
    async ({ folder, write, args }) => args(await write('id\n1\n'), '--datasets', join(folder, 'none')),
    /datasets folder .*none cannot be read.*--datasets/,
  ],
  [
    'a dataset that is no YAML',
    'dataset-invalid',
    async ({ folder, write, args }) => {
      await writeFile(join(folder, 'datasets/bad.yaml'), 'source: {');
      return args(await write('id\n1\n'));
    },
    /^sluice: \S+datasets\/bad\.yaml:1:10: the indentation is not right, or a bracket is not closed/,
  ],
  [
    'an endpoint that is no URL',
    'configuration-invalid',
    async ({ args, write }) => args(await write('id\n1\n'), '--endpoint', ''),
    /--endpoint must be a URL.*To use AWS, pass --aws/,
  ],
  [
    'an endpoint that is down',
    'endpoint-unreachable',
    async ({ local, write, args }) => {
      const { url, close } = await startLocal();
      await close();
      expect(url).not.toBe(local.url);
      return args(await write('id\n1\n'), '--endpoint', url);
    },
    /ECONNREFUSED.*for the local stack, that it is running/,
  ],
  [
    'a ledger that does not exist',
    'ledger-missing',
    async ({ write, args }) => args(await write('id\n1\n'), '--name', 'other'),
    /other-ledger/,
  ],
])('%s ends the command with 1 and a sentence (%s)', async (_, code, arrange, sentence) => {
  const ending = await sluice(await arrange(await setUpLoad()));
  expect(ending).toMatchObject({ code: 1, stdout: '' });
  expect(ending.stderr).toMatch(sentence);
  expect(ending.stderr).toMatch(new RegExp(`^sluice: .*\\(${code}\\)\\n$`, 's'));
});

test('--json prints one object and nothing else where the command itself can not go on', async () => {
  const { folder, args } = await setUpLoad();
  const file = join(folder, 'none.csv');
  const ending = await sluice(args(file, '--json'));
  expect(ending.code).toBe(1);
  expect(jsonOf(ending)).toMatchObject({
    error: 'input-missing',
    file,
    message: expect.stringContaining('does not exist'),
  });
});

test('a table that does not exist fails the import', async () => {
  const { local, write, args } = await setUpLoad();
  await local.dynamodb.send(new DeleteTableCommand({ TableName: 'test-things' }));
  const ending = await sluice(args(await write('id,n\na,1\n'), '--json'));
  expect(ending.code).toBe(1);
  expect(importOf(ending)).toMatchObject({ status: 'failed', failure: { code: 'table-missing' } });
});

test.each([
  ['goes on', 'file.csv'],
  ['inflates its file anew, and goes on', 'file.csv.gz'],
])(
  'a load that was killed %s from its checkpoint, with exact counts',
  async (_, name) => {
    const { local, write, args } = await setUpLoad();
    const rows = 20_000;
    const text = `id,n\n${Array.from({ length: rows }, (_, n) => `k${n},${n}\n`).join('')}`;
    const file = await write(name.endsWith('.gz') ? gzipSync(text) : text, name);
    const table = await gatedEndpoint(local.url, ({ n }) => Number(n?.['N']) < 15_000);
    const commandLine = args(file, '--endpoint', table.url, '--json');
    const ledger = dynamoLedger({ client: local.dynamodb, table: 'test-ledger' });

    const killed = startSluice(commandLine);
    await table.until('UpdateItem', async () => {
      const [record] = await ledger.listImports('things', 1);
      const [chunk] = await ledger.readChunks(record!.id);
      return chunk!.checkpoint.counts.written > 1000;
    });
    killed.signal('SIGKILL');
    expect(await killed.ended).toMatchObject({ code: null, stdout: '' });
    const [interrupted] = await ledger.listImports('things', 1);
    expect(interrupted).toMatchObject({ status: 'loading' });

    await endLease(local, interrupted!.id);
    table.open();
    const before = table.items;
    const ending = await sluice(commandLine);
    expect(ending.code).toBe(0);
    expect(importOf(ending)).toMatchObject({
      id: interrupted!.id,
      status: 'done',
      counts: putCounts({ read: rows, written: rows }),
    });
    expect(await countItems(local)).toBe(rows);
    // What the checkpoint holds was not written again.
    expect(table.items - before).toBeLessThan(rows - 1000);
  },
  120_000,
);

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  'a load that gets %s gives its lease back, and the same command resumes at once',
  async (name, exitCode) => {
    const { local, write, args } = await setUpLoad();
    const rows = 20_000;
    const file = await write(`id,n\n${Array.from({ length: rows }, (_, n) => `k${n},${n}\n`).join('')}`);
    const table = await gatedEndpoint(local.url, ({ n }) => Number(n?.['N']) < 15_000);
    const commandLine = args(file, '--endpoint', table.url);
    const ledger = dynamoLedger({ client: local.dynamodb, table: 'test-ledger' });

    const stopped = startSluice(commandLine);
    await table.until('BatchWriteItem', async () => table.items >= 5000);
    stopped.signal(name);
    // As npm and npx pass Ctrl-C on to a process that has had it from the terminal.
    stopped.signal(name);
    const { code, stdout, stderr } = await stopped.ended;
    expect({ code, stderr }).toEqual({ code: exitCode, stderr: expect.stringMatching(/^Stopping: .*\n$/) });
    expect(stdout).toMatch(
      /stopped after [\d,]+ rows\n {2}rows: read .*\n {2}The same command resumes from there\.\n/,
    );
    const [interrupted] = await ledger.listImports('things', 1);
    expect(await ledger.readChunks(interrupted!.id)).toMatchObject([{ lease: null, finished: false }]);

    table.open();
    const ending = await sluice([...commandLine, '--json']);
    expect(ending.code).toBe(0);
    expect(importOf(ending)).toMatchObject({
      id: interrupted!.id,
      status: 'done',
      counts: putCounts({ read: rows, written: rows }),
    });
    expect(await countItems(local)).toBe(rows);
  },
  120_000,
);

test('a second Ctrl-C ends a load at once, and says what that means; one who waits for its lease can be stopped', async () => {
  const { local, write, args } = await setUpLoad();
  const file = await write('id,n\na,1\n');
  const table = await gatedEndpoint(local.url, () => false);
  const commandLine = args(file, '--endpoint', table.url);
  const stopped = startSluice(commandLine);
  await table.until('BatchWriteItem', async () => true);
  stopped.signal('SIGINT');
  await stopped.complained('Press Ctrl-C again to stop at once.');
  const again = setInterval(() => stopped.signal('SIGINT'), 200);
  const { code, stdout, stderr } = await stopped.ended;
  clearInterval(again);
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  expect(stderr).toContain(
    'Stopped at once. The same command waits until the lease of this load has expired',
  );

  const waiting = startSluice(args(file));
  const line = await waiting.complained('\n');
  expect(line).toMatch(/^another process is loading this file, or was killed; waiting: \d+ s\n$/);
  waiting.signal('SIGINT');
  expect(await waiting.ended).toMatchObject({
    code: 130,
    stdout: expect.stringContaining('stopped after 0 rows'),
  });
});

const missingScript = process.platform === 'linux' ? missingProgram('script') : "script(1) is Linux's here";

test.skipIf(missingScript !== null)(
  `on a terminal a bar shows rows, rate, rejects and the time left; elsewhere nothing moves${missingScript === null ? '' : ` (skipped: ${missingScript})`}`,
  async () => {
    const { write, args } = await setUpLoad();
    const file = await write('id,n\na,1\nb,x\n');
    expect((await sluice(args(file))).stderr).toBe('');
    const program = join(import.meta.dirname, '../../src/cli/main.ts');
    const commandLine = [process.execPath, '--disable-warning=ExperimentalWarning', program, ...args(file)];
    const typescript = spawn('script', ['-qefc', commandLine.join(' '), '/dev/null'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let screen = '';
    typescript.stdout.setEncoding('utf8').on('data', (text: string) => (screen += text));
    const [code] = (await once(typescript, 'close')) as [number];
    expect(code).toBe(3);
    expect(screen).toMatch(/░{24} 0% · 0 rows · 0 rows\/s · 0 rejected · … left/);
    expect(screen).toContain('read 2 = loaded 1');
    expect(screen.lastIndexOf('rows/s ·')).toBeLessThan(screen.indexOf('done in'));
  },
);

/** As if the time of the killed loader's lease were over: waiting for it would take a minute. */
async function endLease({ dynamodb }: Local, importId: string): Promise<void> {
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: 'test-ledger',
      Key: { pk: { S: `import#${importId}` }, sk: { S: 'chunk#00000' } },
      UpdateExpression: 'SET untilMs = :past',
      ConditionExpression: 'attribute_exists(untilMs)',
      ExpressionAttributeValues: { ':past': { N: '1' } },
    }),
  );
}

import { putCounts } from '../support/counts.ts';
import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { expect, test, vi } from 'vitest';
import { measure } from '../../bench/measure.ts';
import { findingsJson } from '../../bench/report.ts';
import { datasetTableDefinition, ensureTable, ledgerTableDefinition } from '../../local/tables.ts';
import { memoryLedger } from '../../src/engine/memory-ledger.ts';
import { memoryQueue } from '../../sim/memory-queue.ts';
import { memoryResults } from '../../sim/memory-results.ts';
import { virtualClock } from '../../sim/virtual-clock.ts';
import { catchMutant } from '../../sim/world/catch-mutant.ts';
import { mutants } from '../../sim/world/mutants.ts';
import { runWorld } from '../../sim/world/world.ts';
import { dynamoLedger } from '../../src/aws/ledger/dynamo-ledger.ts';
import { program } from '../../src/cli/program.ts';
import { parseDataset } from '../../src/core/dataset/dataset.ts';
import { chunksAt } from '../../src/core/imports/plan.ts';
import { nextTurn, noTurn } from '../../src/core/imports/order.ts';
import { warning } from '../../src/core/imports/warning.ts';
import type { Ledger } from '../../src/core/ports.ts';
import { endImport } from '../../src/engine/end/end-import.ts';
import { startLocal, temporaryFolder } from '../local/local-clients.ts';
import { sluice, startSluice } from '../support/cli.ts';
import { gatedEndpoint } from '../support/gated-endpoint.ts';
import { contract, sectionsOf } from './json-contract.ts';

const root = join(import.meta.dirname, '../..');
const page = await readFile(join(root, 'docs/json.md'), 'utf8');

/** The outputs that the page documents; nothing of them is seen yet. */
function documented() {
  const sections = sectionsOf(page);
  const fields = (heading: string) => sections.get(heading)!.fields;
  return {
    'sluice load --json': contract([
      ['files[].import.', fields('An import')],
      ['', fields('sluice load --json')],
    ]),
    'sluice check --json': contract([['', fields('sluice check --json')]]),
    'sluice status --json': contract([
      ['', fields('sluice status --json')],
      ['imports[].', fields('An import')],
    ]),
    'sluice status IMPORT --json': contract([
      ['', fields('An import')],
      ['', fields('sluice status IMPORT --json')],
    ]),
    'sluice retry IMPORT --json': contract([['', fields('sluice retry IMPORT --json')]]),
    'sluice infer --json': contract([['', fields('sluice infer --json')]]),
    Errors: contract([['', fields('Errors')]], { isOpen: true }),
    Reports: contract([['', fields('Reports')]]),
    Benchmarks: contract([['', fields('Benchmarks')]]),
    'Simulated worlds': contract([['', fields('Simulated worlds')]]),
  } as const;
}

const headings = Object.keys(documented()) as (keyof ReturnType<typeof documented>)[];

test.each(headings)('the example of %s fits its table', (heading) => {
  const { examples } = sectionsOf(page).get(heading)!;
  expect(examples).toHaveLength(1);
  expect(documented()[heading].problems(examples[0])).toEqual([]);
});

test('an output that does not fit is noticed', () => {
  const output = { error: 1, import: 'a', kind: 'queued', messages: 1 };
  expect(documented()['sluice retry IMPORT --json'].problems(output)).toEqual(['error is not documented']);
  expect(documented().Errors.problems(output)).toEqual(['message is missing', 'error is 1, not string']);
});

test(
  'load, status, retry and errors print the fields that the page documents, and all of them',
  { timeout: 120_000 },
  async () => {
    const contracts = documented();
    const { local, folder, things, ledger, file, args } = await setUp();
    const load = ['load', file, '--dataset=things'] as const;

    const gate = await gatedEndpoint(local.url, () => false);
    const stopped = startSluice(args(...load, '--endpoint', gate.url));
    await gate.until('BatchWriteItem', async () => true);
    stopped.signal('SIGINT');
    check('sluice load --json', (await stopped.ended).stdout);
    check('sluice load --json', await printed(args(...load)));
    const second = join(folder, 'second.csv');
    await writeFile(second, 'id,n\n');
    const unknown = args('load', file, second, '--dataset=things');
    check('sluice load --json', await printed([...unknown, '--name=other']));

    for (const dataset of await writeCheckedDatasets(folder, things)) {
      const datasets = `--datasets=${join(folder, 'checked')}`;
      check(
        'sluice check --json',
        await printed(['check', file, `--dataset=${dataset}`, datasets, '--json']),
      );
    }

    const { stalled, behind } = await fillLedger(ledger);
    const listed = check('sluice status --json', await printed(args('status')));
    const imports = (listed as { imports: { id: string }[] }).imports.map(({ id }) => id);
    for (const id of imports) check('sluice status IMPORT --json', await printed(args('status', id)));

    check('Errors', (await sluice(args('status', 'nobody'))).stdout);
    await local.sqs.send(new CreateQueueCommand({ QueueName: 'test-work' }));
    check('sluice retry IMPORT --json', await printed(args('retry', stalled)));
    check('sluice retry IMPORT --json', await printed(args('retry', imports[0]!)));
    check('sluice retry IMPORT --json', await printed(args('retry', behind)));

    const commands = headings.filter((heading) => /^(sluice (?!infer)|Errors)/.test(heading));
    expect(commands.map((heading) => [heading, contracts[heading].unseen()])).toEqual(
      commands.map((heading) => [heading, []]),
    );

    function check(heading: keyof typeof contracts, stdout: string): unknown {
      expect(stdout).toMatch(/^[^\n]+\n$/);
      const output: unknown = JSON.parse(stdout);
      expect([heading, contracts[heading].problems(output)]).toEqual([heading, []]);
      return output;
    }
  },
);

test('infer prints the fields that the page documents, and all of them', async () => {
  const found = documented()['sluice infer --json'];
  const folder = await temporaryFolder();
  const path = join(folder, 'a.csv');
  const texts = [
    'Title\n\nid;n;d\nä;1,5;NA\nb;x,y;2025-01-01\nc;2,25;2025-01-02\nd;3,1\nTotal;4,2;\n',
    '7\t\\N\n8\tx\n',
  ];
  for (const text of texts) {
    await writeFile(path, text);
    const output: unknown = JSON.parse(await printed(['infer', path, '--sample=1kb', '--json']));
    expect(found.problems(output)).toEqual([]);
  }
  await writeFile(path, gzipSync('id\n1\n1\n'));
  expect(found.problems(JSON.parse(await printed(['infer', path, '--json'])))).toEqual([]);
  expect(found.unseen()).toEqual([]);
});

test('reports have the fields that the page documents, and all of them', async () => {
  const { Reports } = documented();
  const { folder, file, args } = await setUp();
  const output = await printed(args('load', file, '--dataset=things'));
  const { files } = JSON.parse(output) as { files: { report: string }[] };
  const { report } = files[0]!;
  expect(report.startsWith(join(folder, 'results/reports/things/'))).toBe(true);
  expect(Reports.problems(JSON.parse(await readFile(report, 'utf8')))).toEqual([]);

  const ports = {
    ledger: memoryLedger(),
    results: memoryResults(),
    queue: memoryQueue(),
    clock: virtualClock({ seed: 1, startMs: 0 }),
  };
  const { record } = await ports.ledger.register(importOf('early', null), [
    { startBytes: 0, endBytes: 10, startLine: 1 },
  ]);
  await ports.ledger.warn('early', [warning('blank-rows', 'Two rows.')]);
  const failure = { code: 'dataset-invalid', reason: 'There is no key.' } as const;
  await endImport(ports, record, { status: 'failed', failure }, () => undefined);
  const early = ports.results.files.get('reports/things/early.json');
  expect(Reports.problems(JSON.parse(new TextDecoder().decode(early)))).toEqual([]);
  expect(Reports.unseen()).toEqual([]);
});

test('the benchmarks print the fields that the page documents, and all of them', () => {
  const { Benchmarks } = documented();
  const run = { rowsPerCpuSecond: 300_123.4, rowsPerSecond: 200_000, peakRssBytes: 150e6 };
  const output = findingsJson({
    measures: [
      measure('speed', 'rows loaded', 330_123.4, 'rows/CPU-s', { atLeast: 300_000 }),
      measure('start', 'first write', 412.34, 'ms'),
    ],
    loaders: [
      { name: 'Sluice', run, reason: null },
      { name: 'boto3', run: { ...run, peakRssBytes: null }, reason: null },
      { name: 'ddbimport', run: null, reason: 'not on the PATH' },
    ],
    reading: { measures: [], files: [], lines: [] },
    panels: [],
    command: 'npm run bench',
    rounds: 5,
  });
  expect(Benchmarks.problems(JSON.parse(output))).toEqual([]);
  expect(Benchmarks.unseen()).toEqual([]);
});

test('the simulator prints the fields that the page documents, and all of them', async () => {
  const worlds = documented()['Simulated worlds'];
  const args = ['--disable-warning=ExperimentalWarning', 'sim/main.ts', '--seeds', '1..2', '--json'];
  const { stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  const output = JSON.parse(stdout) as object;
  expect(output).toMatchObject({ seeds: 2, failures: [] });
  const [mutant] = mutants;
  const { seed } = (await catchMutant(mutant!, 100))!;
  const failures = [await runWorld({ seed, mutant: mutant! })];
  expect(worlds.problems({ ...output, failures })).toEqual([]);
  expect(worlds.unseen()).toEqual([]);
});

/** What the command line prints on standard output, run in this process: starting one for each command takes seconds. */
async function printed(args: readonly string[]): Promise<string> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const { exitCode } = process;
  try {
    await program('', '0').parseAsync(args, { from: 'user' });
    return log.mock.calls.map(([line]) => `${String(line)}\n`).join('');
  } finally {
    log.mockRestore();
    process.exitCode = exitCode;
  }
}

/** An endpoint with the tables of a dataset, a file of it with a bad row, and the end of a command line. */
async function setUp() {
  const local = await startLocal();
  const folder = await temporaryFolder();
  const things = {
    source: { prefix: 'things/' },
    columns: { n: { type: 'number' } },
    table: { partition_key: 'id' },
  };
  await mkdir(join(folder, 'datasets'));
  await writeFile(join(folder, 'datasets/things.yaml'), JSON.stringify(things));
  const file = join(folder, 'file.csv');
  await writeFile(file, 'id,n\na,1\na,2\nb,two\n\n');
  await ensureTable(local.dynamodb, ledgerTableDefinition('test-ledger'));
  await ensureTable(local.dynamodb, datasetTableDefinition(parseDataset('things', things), 'test-'));
  const args = (command: string, ...more: string[]): string[] => [
    command,
    `--endpoint=${local.url}`,
    '--name=test',
    '--json',
    ...(command === 'load'
      ? [`--datasets=${join(folder, 'datasets')}`, `--results=${join(folder, 'results')}`]
      : []),
    ...more,
  ];
  const ledger = dynamoLedger({ client: local.dynamodb, table: 'test-ledger' });
  return { local, folder, things, ledger, file, args };
}

/** Documents for which a check of the file has each of its outputs. Returns their names. */
async function writeCheckedDatasets(folder: string, things: object): Promise<readonly string[]> {
  const table = { partition_key: 'id' };
  const documents = {
    plain: things,
    'on-demand': { ...things, table: { ...table, billing: 'on_demand' } },
    existing: { ...things, table: { ...table, existing: 'things' } },
    newer: { ...things, write: { newer_by: 'n' } },
    failing: { ...things, columns: { missing: 'number' } },
  };
  await mkdir(join(folder, 'checked'));
  for (const [name, document] of Object.entries(documents)) {
    const text = JSON.stringify({ ...document, source: { prefix: `${name}/` } });
    await writeFile(join(folder, 'checked', `${name}.yaml`), text);
  }
  return Object.keys(documents);
}

/**
 * Imports as a deployed function leaves them: one that waits, one that is behind it in the order of their dataset, one that has failed,
 * and one that is stalled over a leased chunk.
 */
async function fillLedger(ledger: Ledger): Promise<{ stalled: string; behind: string }> {
  const [waiting, behind, failed, stalled] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  for (const id of [waiting, behind, failed, stalled]) {
    const place = id === waiting ? '1' : id === behind ? '2' : null;
    const registration = { ...importOf(id, id === waiting ? null : '01A2'), place };
    await ledger.register(registration, chunksAt([], registration.object));
  }
  await ledger.changeTurn('things', noTurn, nextTurn(noTurn, { place: '1', importId: waiting }, true));
  await ledger.expectFeed('things', '1h', 1);
  await ledger.noteLate('things', 2);
  await ledger.noteArrival('others', '24h', 3);
  const failure = { code: 'object-unreadable', reason: 'S3 answers 503.' } as const;
  await ledger.end(failed, { status: 'failed', atMs: 5, failure });
  await ledger.warn(stalled, [warning('blank-rows', 'Two rows.')]);
  await ledger.noteRepairOf(failed, [stalled]);
  await ledger.noteWatch(stalled, { progress: 'none', sinceMs: 1, requeues: 3 });
  await ledger.mark(stalled, 'stalled', failure);
  const lease = { importId: stalled, chunk: 0, owner: 'a' };
  await ledger.claim(lease, { epoch: 0, nowMs: 0, untilMs: 60_000 });
  const faults = [{ code: 'key-empty', column: 'id', rows: 1 }] as const;
  const counts = putCounts({ read: 1, written: 0, rejected: 1 });
  const checkpoint = { offsetBytes: 5, line: 3, counts, units: 0, faults, ahead: new Uint8Array([1, 2]) };
  await ledger.checkpoint(lease, checkpoint, 60_000);
  return { stalled, behind };
}

function importOf(id: string, sequencer: string | null) {
  const object = {
    bucket: 'b',
    key: 'things/a.csv.gz',
    versionId: 'v',
    etag: 'e',
    sizeBytes: 100,
    sequencer,
    uploadedAtMs: 1,
  };
  return { id, dataset: 'things', datasetDigest: 'd', object, parallel: 1, queuedAtMs: 1 };
}

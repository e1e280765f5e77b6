import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { dynamoConnection } from '../aws/connection.ts';
import { dynamoLedger } from '../aws/dynamo-ledger.ts';
import { dynamoTable } from '../aws/dynamo-table.ts';
import { inflatedSource } from '../aws/inflated-source.ts';
import { wallClock } from '../aws/wall-clock.ts';
import type { Dataset } from '../core/dataset.ts';
import { SluiceError } from '../core/errors.ts';
import { hasEnded, importId, type ImportRecord, type ObjectRef } from '../core/import.ts';
import { chunksAt } from '../core/plan.ts';
import type { Clock, Ledger, Table } from '../core/ports.ts';
import type { Progress } from '../engine/chunk-loader.ts';
import type { EngineEvent } from '../engine/events.ts';
import { load, type LoadPorts } from '../engine/load.ts';
import { readDatasetFolder } from '../local/dataset-folder.ts';
import { stackNames } from '../local/stack.ts';
import { openDynamo } from './deployment.ts';
import { DEFAULT_URL } from './dev.ts';
import { exitCode } from './exit-code.ts';
import { fileResults } from './file-results.ts';
import { fileObject, fileSource } from './file-source.ts';
import { countsLine, endingLine } from './import-summary.ts';
import { progressBar } from './progress-bar.ts';
import { workList } from './work-list.ts';
import { print, printError, printJson } from './terminal.ts';

type LoadOptions = {
  dataset: string;
  datasets: string;
  aws: boolean;
  endpoint: string;
  name: string;
  results: string;
  json: boolean;
};

export function addLoadCommand(program: Command): void {
  program
    .command('load')
    .description(
      "load a file of this machine into a dataset's table, by the engine of the function, in this process",
    )
    .argument('<file>', 'the CSV file; gzip if its name ends in .gz')
    .requiredOption('--dataset <name>', 'the dataset that it belongs to')
    .option('--datasets <folder>', 'folder of the dataset documents', 'datasets')
    .option(
      '--aws',
      'load into AWS, by its own configuration (profile, region, endpoint), not into the local stack',
      false,
    )
    .option('--endpoint <url>', 'where the local stack is', DEFAULT_URL)
    .option('--name <name>', "the deployment's name, as in Terraform", 'sluice')
    .option('--results <folder>', 'folder for rejects and reports', 'sluice-results')
    .option('--json', 'print one JSON object at the end, and nothing else', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 3 done with rejected rows, 1 failed or not begun.\nAn interrupted load goes on from its checkpoint when the same command is given again.',
    )
    .action(async (file: string, options: LoadOptions) => {
      const { datasets } = await readDatasetFolder(options.datasets);
      const dataset = datasetNamed(datasets, options.dataset);
      const { record, rejects, report } = await loadFile(file, dataset, options);
      if (options.json) printJson({ ...record, rejects, report });
      else printEnding(record, rejects, report);
      process.exitCode = exitCode(record);
    });
}

async function loadFile(
  file: string,
  dataset: Dataset,
  options: LoadOptions,
): Promise<{ record: ImportRecord; rejects: string[]; report: string | null }> {
  const clock = wallClock();
  const names = stackNames(options.name);
  const dynamo = openDynamo(options);
  const ledger = dynamoLedger({ client: dynamo, table: names.ledgerTable });
  const object = await nextImport(ledger, await fileObject(file));
  const table = dynamoTable({
    ...(await dynamoConnection(dynamo, names.ledgerTable)),
    table: names.tablePrefix + dataset.table.name,
    partitionKey: dataset.table.partition_key,
    sortKey: dataset.table.sort_key ?? null,
    clock,
  });
  const files = await fileResults(options.results);
  const written: string[] = [];
  const results: LoadPorts['results'] = {
    async put(name, body, contentType) {
      const path = await files.put(name, body, contentType);
      written.push(path);
      return path;
    },
  };
  try {
    const record = await work({
      clock,
      ledger,
      table,
      results,
      object,
      dataset,
      showProgress: !options.json,
    });
    return {
      record,
      rejects: [...new Set(written)].filter((path) => path.endsWith('.csv')),
      report: written.find((path) => path.endsWith('.json')) ?? null,
    };
  } finally {
    await table.close();
    dynamo.destroy();
  }
}

/** Registers the import and works its messages off, in this process, until it has ended. */
async function work(world: {
  clock: Clock;
  ledger: Ledger;
  table: Table;
  results: LoadPorts['results'];
  object: ObjectRef;
  dataset: Dataset;
  showProgress: boolean;
}): Promise<ImportRecord> {
  const { clock, ledger, table, results, object, dataset } = world;
  const queue = workList(clock);
  const ports: LoadPorts = {
    source: inflatedSource(fileSource()),
    table: () => table,
    results,
    ledger,
    queue,
    clock,
  };
  const id = importId(object);
  const bar = progressBar({ isShown: world.showProgress, clock });
  const emit = (event: EngineEvent): void => {
    if (event.type === 'chunk progress') bar.update(event as EngineEvent & Progress);
  };
  const { record } = await ledger.register(
    {
      id,
      dataset: dataset.name,
      datasetDigest: dataset.digest,
      object,
      parallel: 1,
      queuedAtMs: clock.now(),
    },
    chunksAt([], object),
  );
  const interrupt = (): void => {
    bar.stop();
    printError(
      'Interrupted. Given again, the same command goes on from the checkpoint, once the lease of this one is over (60 s).',
    );
    process.exit(130);
  };
  process.once('SIGINT', interrupt);
  try {
    for (const chunk of await ledger.readChunks(record.id)) {
      await queue.send({ importId: id, chunk: chunk.index, epoch: chunk.epoch }, 0);
    }
    const owner = `cli-${randomUUID()}`;
    for (let message = await queue.next(); message !== null; message = await queue.next()) {
      const outcome = await load(ports, [dataset], message, { owner, deadlineMs: Infinity, emit });
      if (outcome.kind !== 'held') continue;
      bar.note(
        'another process loads this file, or one was killed a moment ago; waiting for its lease to end',
      );
    }
  } finally {
    process.off('SIGINT', interrupt);
    bar.stop();
  }
  const ended = await ledger.readImport(id);
  if (ended === null)
    throw new SluiceError('import-unknown', `Import ${id} has gone from the ledger. Load the file again.`);
  return ended;
}

/** The file's import that has not ended, to go on with; or a new one: a file may be loaded as often as one likes. */
async function nextImport(ledger: Ledger, object: ObjectRef): Promise<ObjectRef> {
  for (let times = 0; ; times++) {
    const candidate = { ...object, sequencer: String(times) };
    const record = await ledger.readImport(importId(candidate));
    if (record === null || !hasEnded(record.status)) return candidate;
  }
}

function datasetNamed(datasets: readonly Dataset[], name: string): Dataset {
  const dataset = datasets.find((candidate) => candidate.name === name);
  if (dataset !== undefined) return dataset;
  throw new SluiceError(
    'no-dataset',
    `There is no dataset '${name}'. There is: ${datasets.map((each) => each.name).join(', ')}. Name one of them, or write datasets/${name}.yaml.`,
    { data: { dataset: name } },
  );
}

function printEnding(record: ImportRecord, rejects: readonly string[], report: string | null): void {
  print(`${record.object.key}: ${endingLine(record)}`);
  if (record.status === 'done') print(`  ${countsLine(record)}`);
  for (const path of rejects) print(`  rejected rows, with reasons: ${resolve(path)}`);
  if (report !== null) print(`  report: ${resolve(report)}`);
}

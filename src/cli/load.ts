import { resolve } from 'node:path';
import { dynamoConnection } from '../aws/connection.ts';
import { dynamoLedger } from '../aws/ledger/dynamo-ledger.ts';
import { describeTable } from '../aws/dynamo/describe-table.ts';
import { dynamoTable } from '../aws/dynamo/dynamo-table.ts';
import { wallClock } from '../node/wall-clock.ts';
import type { Dataset } from '../core/dataset/dataset.ts';
import { tableName } from '../core/dataset/table-name.ts';
import { hasEnded } from '../core/imports/import.ts';
import type { Results, TableWriter } from '../core/ports.ts';
import { readDatasetFolder } from '../node/dataset-folder.ts';
import { deploymentNames } from '../deployment/names.ts';
import { type DeploymentOptions, openDynamo, withQueue } from './deployment.ts';
import { datasetNamed } from './dataset-named.ts';
import { exitCode } from './exit-code.ts';
import { fileResults } from '../node/file-results.ts';
import { fileObject } from '../node/file-source.ts';
import { type FileImport, importFile } from './imports/import-file.ts';
import { importNotes } from './imports/import-notes.ts';
import { countsLine, endingLine, number } from './imports/import-summary.ts';
import { interruptedCode, type InterruptSignal, listenForInterrupt } from './interrupt.ts';
import { progressBar } from './imports/progress-bar.ts';
import { rejectFiles } from './imports/reject-files.ts';
import { print, printError, printJson } from './terminal.ts';

type LoadOptions = DeploymentOptions & {
  dataset: string;
  datasets: string;
  results: string;
  json: boolean;
  behindNewer: boolean;
};

type LoadedFile = FileImport & {
  readonly rejects: readonly string[];
  readonly report: string | null;
  readonly interruptedBy: InterruptSignal | null;
};

/** Loads a local file into its dataset's table, and prints how that ended. */
export async function load(file: string, options: LoadOptions): Promise<void> {
  const { datasets } = await readDatasetFolder(options.datasets);
  const dataset = datasetNamed(datasets, options.dataset, options.datasets);
  const loaded = await loadFile(file, dataset, options);
  const { record, faults, repaired, rejects, report, interruptedBy } = loaded;
  if (options.json) printJson({ ...record, faults, repaired, rejects, report });
  else printEnding(loaded);
  process.exitCode =
    interruptedBy !== null && !hasEnded(record.status) ? interruptedCode(interruptedBy) : exitCode(record);
}

async function loadFile(file: string, dataset: Dataset, options: LoadOptions): Promise<LoadedFile> {
  const clock = wallClock();
  const names = deploymentNames(options.name);
  const object = await fileObject(file);
  const dynamo = await openDynamo(options);
  const connection = await dynamoConnection(dynamo, names.ledgerTable);
  const tables: TableWriter[] = [];
  // A resumed load ends with the document that it began with, so the table may differ from the given dataset's.
  const openTable = (dataset: Dataset): TableWriter => {
    const { partition_key, sort_key } = dataset.table;
    const table = dynamoTable({
      ...connection,
      table: tableName(dataset.table, names.tablePrefix),
      partitionKey: partition_key,
      sortKey: sort_key ?? null,
      clock,
    });
    tables.push(table);
    return table;
  };
  const files = await fileResults(options.results);
  /** A repair writes those of the imports that it repairs, too. */
  const reports: string[] = [];
  const results: Results = {
    async put(name, body, contentType) {
      const path = await files.put(name, body, contentType);
      if (path.endsWith('.json')) reports.push(path);
      return path;
    },
  };
  const bar = progressBar({ isShown: !options.json, clock });
  const interrupt = listenForInterrupt({
    onFirst() {
      bar.stop();
      if (!options.json)
        printError('Stopping: writing a checkpoint takes a few seconds. Press Ctrl-C again to stop at once.');
    },
    onSecond: () => printError(STOPPED_AT_ONCE),
  });
  try {
    const ledger = dynamoLedger({ client: dynamo, table: names.ledgerTable });
    const ended = await importFile({
      clock,
      ledger,
      openTable,
      describeTable: ({ table }) => describeTable(dynamo, tableName(table, names.tablePrefix)),
      results,
      object,
      dataset,
      bar,
      interrupt,
      behindNewer: options.behindNewer,
      send: (message, delayMs) => withQueue(options, (queue) => queue.send(message, delayMs)),
      say: options.json ? () => undefined : printError,
    });
    const rejects = await rejectFiles(options.results, ended.record, dataset);
    const report = reports.find((path) => path.endsWith(`${ended.record.id}.json`)) ?? null;
    return { ...ended, rejects, report, interruptedBy: interrupt.by };
  } finally {
    bar.stop();
    interrupt.close();
    for (const table of tables) await table.close();
    dynamo.destroy();
  }
}

const STOPPED_AT_ONCE = `Stopped at once. The same command waits until the lease of this load has expired (60 s), then resumes from its last checkpoint. Rows written after that checkpoint are written again.`;

function printEnding({ record, settled, faults, run, rejects, report }: LoadedFile): void {
  if (hasEnded(record.status)) print(`${record.object.key}: ${endingLine(record, run)}`);
  else print(`${record.object.key}: stopped after ${number(settled.read)} rows`);
  print(`  ${countsLine({ counts: settled })}`);
  if (!hasEnded(record.status)) print('  The same command resumes from there.');
  for (const [what, text] of importNotes({ ...record, faults })) print(`  ${what}: ${text}`);
  for (const path of rejects) print(`  rejected rows, with reasons: ${resolve(path)}`);
  if (report !== null) print(`  report: ${resolve(report)}`);
}

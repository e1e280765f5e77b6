import { describeTable } from '../../aws/dynamo/describe-table.ts';
import { dynamoConnection } from '../../aws/connection.ts';
import { dynamoLedger } from '../../aws/ledger/dynamo-ledger.ts';
import { dynamoTable } from '../../aws/dynamo/dynamo-table.ts';
import type { Dataset } from '../../core/dataset/dataset.ts';
import { tableName } from '../../core/dataset/table-name.ts';
import type { Results, TableWriter } from '../../core/ports.ts';
import { deploymentNames } from '../../deployment/names.ts';
import { fileResults } from '../../node/file-results.ts';
import { wallClock } from '../../node/wall-clock.ts';
import { type DeploymentOptions, openDynamo, withQueue } from '../deployment.ts';
import type { Input } from '../inputs.ts';
import { listenForInterrupt, type Interrupt } from '../interrupt.ts';
import { printError } from '../terminal.ts';
import { type FileImport, importFile } from './import-file.ts';
import { progressBar, type ProgressBar } from './progress-bar.ts';
import { rejectFiles } from './reject-files.ts';

export type LoaderOptions = DeploymentOptions & {
  /** The folder for rejects and reports. */
  readonly results: string;
  readonly behindNewer: boolean;
  /** Print nothing while a file is loaded. */
  readonly json: boolean;
};

export type LoadedFile = FileImport & {
  readonly rejects: readonly string[];
  /** null: it was interrupted. */
  readonly report: string | null;
};

/** Loads files into a dataset's table, one after another. */
export type FileLoader = {
  /** `label` stands before the progress, such as `2/5 `. */
  load(input: Input, label: string): Promise<LoadedFile>;
  /** After its first signal, loads end soon. */
  readonly interrupt: Interrupt;
  close(): Promise<void>;
};

/** Throws `configuration-invalid` and the errors of a connection. */
export async function openFileLoader(dataset: Dataset, options: LoaderOptions): Promise<FileLoader> {
  const clock = wallClock();
  const names = deploymentNames(options.name);
  const dynamo = await openDynamo(options);
  const connection = await dynamoConnection(dynamo, names.ledgerTable);
  const files = await fileResults(options.results);
  const ledger = dynamoLedger({ client: dynamo, table: names.ledgerTable });
  let bar: ProgressBar | null = null;
  const interrupt = listenForInterrupt({
    onFirst() {
      bar?.stop();
      if (!options.json) printError(STOPPING);
    },
    onSecond: () => printError(STOPPED_AT_ONCE),
  });
  return {
    load,
    interrupt,
    async close() {
      interrupt.close();
      dynamo.destroy();
    },
  };

  async function load(input: Input, label: string): Promise<LoadedFile> {
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
    /** A repair writes those of the imports that it repairs, too. */
    const reports: string[] = [];
    const results: Results = {
      async put(name, body, contentType) {
        const path = await files.put(name, body, contentType);
        if (path.endsWith('.json')) reports.push(path);
        return path;
      },
    };
    bar = progressBar({ isShown: !options.json, label, clock });
    try {
      const ended = await importFile({
        clock,
        ledger,
        openTable,
        describeTable: ({ table }) => describeTable(dynamo, tableName(table, names.tablePrefix)),
        results,
        input,
        dataset,
        bar,
        interrupt,
        behindNewer: options.behindNewer,
        send: (message, delayMs) => withQueue(options, (queue) => queue.send(message, delayMs)),
        say: options.json ? () => undefined : printError,
      });
      const rejects = await rejectFiles(options.results, ended.record, dataset);
      const report = reports.find((path) => path.endsWith(`${ended.record.id}.json`)) ?? null;
      return { ...ended, rejects, report };
    } finally {
      bar.stop();
      for (const table of tables) await table.close();
    }
  }
}

const STOPPING = 'Stopping: writing a checkpoint takes a few seconds. Press Ctrl-C again to stop at once.';
const STOPPED_AT_ONCE = `Stopped at once. The same command waits until the lease of this load has expired (60 s), then resumes from its last checkpoint. Rows written after that checkpoint are written again.`;

import type { Counts } from '../../core/imports/counts.ts';
import type { Dataset } from '../../core/dataset/dataset.ts';
import type { TableShape } from '../../core/dataset/table-shape.ts';
import { type Failure, importId, type ImportRecord, type ObjectRef } from '../../core/imports/import.ts';
import { chunksAt } from '../../core/imports/plan.ts';
import { settledOf } from '../../core/imports/settled.ts';
import type { Warning } from '../../core/imports/warning.ts';
import type { WorkMessage } from '../../core/imports/work.ts';
import type { Clock, Queue, Results, Source, TableWriter, WriteOutcome } from '../../core/ports.ts';
import type { RowObserver } from '../../core/rows/row-observer.ts';
import { loadMessage, type LoadPorts } from '../loading/load-message.ts';
import { memoryLedger } from '../memory-ledger.ts';

/** What a load of the file comes to. */
export type DryRun = {
  readonly counts: Counts;
  /** Why the import would fail; null: it would not. */
  readonly failure: Failure | null;
  readonly warnings: readonly Warning[];
  /** Of the file's text, so many bytes were read. */
  readonly readBytes: number;
  /** The file has more rows: `stop` ended the run before its end. */
  readonly isPart: boolean;
};

export type DryRunOptions = {
  readonly source: Source;
  readonly clock: Clock;
  readonly dataset: Dataset;
  readonly object: ObjectRef;
  readonly observer: RowObserver;
  /** Aborted: the rows that are read are the sample. */
  readonly stop: AbortSignal;
};

const CARRIED_OUT: WriteOutcome = { held: [], reason: null, units: 0 };

/**
 * Loads the file with the engine of the function, over a ledger and a queue in memory and a table that takes every item at once and keeps
 * none. So what it counts is what a load counts. Throws what `loadMessage` throws.
 */
export async function dryRun(options: DryRunOptions): Promise<DryRun> {
  const { dataset, object, clock, source, observer, stop } = options;
  const ledger = memoryLedger();
  const messages: WorkMessage[] = [];
  const ports: LoadPorts = {
    source,
    table: () => table,
    describeTable,
    results,
    ledger,
    queue: queueTo(messages),
    clock,
  };
  const id = importId(object);
  const registration = {
    id,
    dataset: dataset.name,
    datasetDigest: dataset.digest,
    // Without a sequencer it has no other version that could be loaded in its place.
    object: { ...object, sequencer: null },
    parallel: 1,
    queuedAtMs: clock.now(),
  };
  await ledger.register(registration, chunksAt([], object));
  let readBytes = 0;
  let isPart = false;
  messages.push({ importId: id, chunk: 0, epoch: 0 });
  for (let message = messages.shift(); message !== undefined && !isPart; message = messages.shift()) {
    const outcome = await loadMessage(ports, [dataset], message, {
      owner: 'check',
      deadlineMs: Infinity,
      stop,
      observer,
      emit(event) {
        if (event.type === 'chunk progress') readBytes = event.readBytes;
      },
    });
    isPart = outcome.kind === 'continued';
  }
  const record = (await ledger.readImport(id)) as ImportRecord;
  const { counts } = settledOf(await ledger.readChunks(id));
  // Which import a reject file repairs is in the deployment's ledger.
  const warnings = record.warnings.filter(({ code }) => code !== 'repair-unknown');
  return { counts, failure: record.failure, warnings, readBytes, isPart };
}

const table: TableWriter = { write: async () => CARRIED_OUT, close: async () => undefined };
const results: Results = { put: async (name) => name };

function queueTo(messages: WorkMessage[]): Queue {
  return {
    send: async (message) => void messages.push(message),
    hide: async () => undefined,
    waiting: async () => messages.length,
  };
}

/** A table that exists already is taken to be as the dataset declares it: only the table itself could say more. */
async function describeTable({ key, table }: Dataset): Promise<TableShape> {
  const indexes = Object.entries(table.indexes).map(
    ([name, { partition_key, sort_key }]) => [name, { partition: partition_key, sort: sort_key }] as const,
  );
  return { key, indexes: Object.fromEntries(indexes) };
}

import { randomUUID } from 'node:crypto';
import type { Counts } from '../../core/imports/counts.ts';
import type { Dataset } from '../../core/dataset/dataset.ts';
import { SluiceError } from '../../core/errors.ts';
import type { FaultTally } from '../../core/imports/fault-tally.ts';
import {
  hasEnded,
  importId,
  type ImportRecord,
  objectName,
  type ObjectRef,
} from '../../core/imports/import.ts';
import { chunksAt } from '../../core/imports/plan.ts';
import type { RepairCount } from '../../core/imports/repairs.ts';
import { settledOf } from '../../core/imports/settled.ts';
import type { Clock, Ledger, Queue, Results, TableWriter } from '../../core/ports.ts';
import type { EngineEvent } from '../../engine/events.ts';
import { loadMessage, type LoadPorts } from '../../engine/loading/load-message.ts';
import { repairedOf } from '../../engine/repaired-of.ts';
import { lastPlace, placeAgain } from '../../engine/retry.ts';
import type { Input } from '../inputs.ts';
import type { Interrupt } from '../interrupt.ts';
import { loadMeter, type Run } from './load-meter.ts';
import type { ProgressBar } from './progress-bar.ts';
import { workList } from './work-list.ts';

/** What became of a file's import in this process. */
export type FileImport = {
  readonly record: ImportRecord;
  /** All that is settled, also by other processes. */
  readonly settled: Counts;
  /** Of the rows that were rejected. */
  readonly faults: FaultTally;
  readonly run: Run;
  /** null: no row was rejected. */
  readonly repaired: RepairCount | null;
};

/** Registers the file's import and works its messages off, in this process, until it has ended or is interrupted. */
export async function importFile(world: {
  clock: Clock;
  ledger: Ledger;
  openTable: (dataset: Dataset) => TableWriter;
  describeTable: LoadPorts['describeTable'];
  results: Results;
  input: Input;
  dataset: Dataset;
  /** The deployment's work queue: of imports of the dataset that wait for this one. */
  send: Queue['send'];
  /** Resume the file's load, even if newer imports of the dataset have begun. */
  behindNewer: boolean;
  /** Takes a line to be printed at once. */
  say: (line: string) => void;
  bar: ProgressBar;
  interrupt: Interrupt;
}): Promise<FileImport> {
  const { clock, ledger, openTable, describeTable, results, dataset, bar, interrupt } = world;
  const own = workList(clock);
  const id = await register(ledger, dataset, world.input.object, clock.now(), world.behindNewer);
  const ports: LoadPorts = {
    source: world.input.source,
    table: openTable,
    describeTable,
    results,
    ledger,
    queue: {
      ...own,
      send: (message, delayMs) => (message.importId === id ? own : world).send(message, delayMs),
    },
    clock,
  };
  const meter = loadMeter(clock);
  let behind: string | null = null;
  const emit = (event: EngineEvent): void => {
    if (event.type === 'import waits' && event.behind !== behind) {
      behind = event.behind;
      world.say(`Waits for import ${behind}: the dataset loads its files in order of arrival.`);
    }
    if (event.type !== 'chunk progress') return;
    meter.update(event);
    if (!interrupt.stop.aborted) bar.update(event, meter.run);
  };
  for (const chunk of await ledger.readChunks(id)) {
    await own.send({ importId: id, chunk: chunk.index, epoch: chunk.epoch }, 0);
  }
  const options = {
    owner: `cli-${randomUUID()}`,
    deadlineMs: Infinity,
    stop: interrupt.stop,
    emit,
  };
  for (let message = await next(); message !== null; message = await next()) {
    const outcome = await loadMessage(ports, [dataset], message, options);
    meter.pause();
    if (outcome.kind === 'held') bar.wait(outcome.untilMs);
  }
  const record = await ledger.readImport(id);
  if (record === null)
    throw new SluiceError('import-unknown', `Import ${id} is no longer in the ledger. Load the file again.`);
  const { counts, faults } = settledOf(await ledger.readChunks(id));
  const repaired = await repairedOf(ledger, id, counts.rejected);
  return { record, settled: counts, faults, run: meter.run, repaired };

  function next(): ReturnType<typeof own.next> {
    return own.next(interrupt.stop);
  }
}

/** The file's import that has not ended, to resume it; or a new one: a file may be loaded any number of times. Answers its id. */
async function register(
  ledger: Ledger,
  dataset: Dataset,
  file: ObjectRef,
  queuedAtMs: number,
  behindNewer: boolean,
): Promise<string> {
  for (let times = 0; ; times++) {
    const object = { ...file, sequencer: String(times) };
    const id = importId(object);
    const known = await ledger.readImport(id);
    if (known !== null && hasEnded(known.status)) continue;
    if (known !== null && known.dataset !== dataset.name) throw belongsElsewhere(known);
    const entry = {
      id,
      dataset: dataset.name,
      datasetDigest: dataset.digest,
      object,
      parallel: 1,
      queuedAtMs,
    };
    await ledger.keepDataset(dataset.digest, JSON.stringify(dataset));
    // A local file has no time of upload.
    const place = dataset.load.files === 'in_order' ? await lastPlace(ledger, dataset.name, id) : null;
    const { record } = await ledger.register({ ...entry, place }, chunksAt([], object));
    if (record.place !== null) await placeAgain(ledger, record, behindNewer);
    return id;
  }
}

function belongsElsewhere({ id, dataset, object }: ImportRecord): SluiceError {
  return new SluiceError(
    'configuration-invalid',
    `A load of ${objectName(object)} into dataset '${dataset}' has not ended (import ${id}). Resume it first, with --dataset ${dataset}.`,
    { data: { importId: id, dataset } },
  );
}

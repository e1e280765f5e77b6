import { randomUUID } from 'node:crypto';
import { inflatedSource } from '../node/inflated-source.ts';
import type { Counts } from '../core/imports/counts.ts';
import type { Dataset } from '../core/dataset/dataset.ts';
import { SluiceError } from '../core/errors.ts';
import type { FaultTally } from '../core/imports/fault-tally.ts';
import { hasEnded, importId, type ImportRecord, type ObjectRef } from '../core/imports/import.ts';
import { chunksAt } from '../core/imports/plan.ts';
import { settledOf } from '../core/imports/settled.ts';
import type { Clock, Ledger, Results, TableWriter } from '../core/ports.ts';
import type { EngineEvent } from '../engine/events.ts';
import { loadMessage, type LoadPorts } from '../engine/load-message.ts';
import { fileSource } from '../node/file-source.ts';
import type { Interrupt } from './interrupt.ts';
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
};

/** Registers the file's import and works its messages off, in this process, until it has ended or is interrupted. */
export async function importFile(world: {
  clock: Clock;
  ledger: Ledger;
  openTable: (dataset: Dataset) => TableWriter;
  results: Results;
  object: ObjectRef;
  dataset: Dataset;
  bar: ProgressBar;
  interrupt: Interrupt;
}): Promise<FileImport> {
  const { clock, ledger, openTable, results, dataset, bar, interrupt } = world;
  const queue = workList(clock);
  const ports: LoadPorts = {
    source: inflatedSource(fileSource()),
    table: openTable,
    results,
    ledger,
    queue,
    clock,
  };
  const meter = loadMeter(clock);
  const emit = (event: EngineEvent): void => {
    if (event.type !== 'chunk progress') return;
    meter.update(event);
    if (!interrupt.stop.aborted) bar.update(event, meter.run);
  };
  const id = await register(ledger, dataset, world.object, clock.now());
  for (const chunk of await ledger.readChunks(id)) {
    await queue.send({ importId: id, chunk: chunk.index, epoch: chunk.epoch }, 0);
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
  return { record, settled: counts, faults, run: meter.run };

  function next(): ReturnType<typeof queue.next> {
    return queue.next(interrupt.stop);
  }
}

/** The file's import that has not ended, to resume it; or a new one: a file may be loaded any number of times. Answers its id. */
async function register(
  ledger: Ledger,
  dataset: Dataset,
  file: ObjectRef,
  queuedAtMs: number,
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
    await ledger.register(entry, chunksAt([], object));
    return id;
  }
}

function belongsElsewhere({ id, dataset, object }: ImportRecord): SluiceError {
  return new SluiceError(
    'configuration-invalid',
    `A load of ${object.key} into dataset '${dataset}' has not ended (import ${id}). Resume it first, with --dataset ${dataset}.`,
    { data: { importId: id, dataset } },
  );
}

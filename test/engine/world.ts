import { parse } from 'csv-parse/sync';
import { type Dataset, parseDatasets } from '../../src/core/dataset/dataset.ts';
import { type ImportRecord, importId, LOCAL_BUCKET, type ObjectRef } from '../../src/core/imports/import.ts';
import { chunksAt } from '../../src/core/imports/plan.ts';
import { accept } from '../../src/engine/accept.ts';
import type { EngineEvent } from '../../src/engine/events.ts';
import { loadMessage, type LoadOutcome, type LoadPorts } from '../../src/engine/loading/load-message.ts';
import { memoryLedger } from '../../src/engine/memory-ledger.ts';
import { memoryQueue } from '../../sim/memory-queue.ts';
import { memoryResults } from '../../sim/memory-results.ts';
import { memorySource } from '../../sim/memory-source.ts';
import { keySchema } from '../../sim/item.ts';
import { tableAsDeclared } from '../../sim/table-as-declared.ts';
import { type Fate, simTable } from '../../sim/table.ts';
import { virtualClock } from '../../sim/virtual-clock.ts';

const PEOPLE = {
  source: { prefix: 'people/' },
  columns: { age: { type: 'number', optional: true } },
  table: { partition_key: 'id' },
};

export type WorldOptions = {
  dataset?: object;
  /** In place of `dataset`: resolved ones; the table is the first one's. */
  datasets?: readonly Dataset[];
  /** The bundled module of its transform. */
  code?: string;
  fate?: Fate;
  pieceBytes?: number;
  seed?: number;
  ports?: (ports: LoadPorts) => Partial<LoadPorts>;
};

/** The engine in memory and in virtual time: upload a file, load it, look at the result. */
export function world(options: WorldOptions = {}) {
  const datasets =
    options.datasets ?? parseDatasets({ people: options.dataset ?? PEOPLE }, { people: options.code ?? '' });
  const dataset = datasets[0] as Dataset;
  const clock = virtualClock({ seed: options.seed ?? 1 });
  const source = memorySource({ pieceBytes: options.pieceBytes ?? 64 * 1024 });
  const table = simTable({
    clock,
    keys: keySchema(dataset),
    ...(options.fate === undefined ? {} : { fate: options.fate }),
  });
  const results = memoryResults();
  const ledger = memoryLedger();
  const queue = memoryQueue();
  const events: EngineEvent[] = [];
  const basic: LoadPorts = {
    source,
    table: () => table,
    describeTable: tableAsDeclared,
    results,
    ledger,
    queue,
    clock,
  };
  const ports: LoadPorts = { ...basic, ...options.ports?.(basic) };
  const emit = (event: EngineEvent) => void events.push(event);

  return {
    clock,
    source,
    table,
    results,
    ledger,
    queue,
    events,
    ports,
    datasets,
    dataset,
    drop,
    registerLocalFile,
    loadNext,
    loadAll,
    importOf,
    items,
    rejects,
  };

  /** Puts a file into the bucket and lets its event be accepted. */
  async function drop(body: string | Uint8Array, key = 'people/a.csv'): Promise<ObjectRef> {
    const object = source.put(key, typeof body === 'string' ? new TextEncoder().encode(body) : body);
    await accept(ports, datasets, object, emit);
    return object;
  }

  /** Registers an import as `sluice load` does. */
  async function registerLocalFile(
    path: string,
    placeOf?: (importId: string) => Promise<string>,
  ): Promise<ImportRecord> {
    const object = {
      bucket: LOCAL_BUCKET,
      key: path,
      versionId: null,
      etag: 'e',
      sizeBytes: 9,
      sequencer: '0',
    };
    const entry = {
      id: importId(object),
      dataset: dataset.name,
      datasetDigest: dataset.digest,
      object,
      parallel: 1,
      place: (await placeOf?.(importId(object))) ?? null,
    };
    const { record } = await ledger.register({ ...entry, queuedAtMs: clock.now() }, chunksAt([], object));
    return record;
  }

  /** Works on the queue's first message, with a deadline after so many virtual ms. */
  async function loadNext(
    timeMs = 900_000,
    owner = `owner-${clock.now()}`,
    stop?: AbortSignal,
  ): Promise<LoadOutcome> {
    const message = queue.messages.shift();
    if (message === undefined) throw new Error('the queue is empty');
    const { importId: id, chunk, epoch } = message;
    return clock.run(
      loadMessage(
        ports,
        datasets,
        { importId: id, chunk, epoch },
        { owner, deadlineMs: clock.monotonic() + timeMs, stop, emit },
      ),
    );
  }

  async function loadAll(timeMs?: number): Promise<LoadOutcome[]> {
    const outcomes: LoadOutcome[] = [];
    while (queue.messages.length > 0) outcomes.push(await loadNext(timeMs));
    return outcomes;
  }

  async function importOf(object: ObjectRef) {
    const record = await ledger.readImport(importId(object));
    if (record === null) throw new Error('the import is not registered');
    return record;
  }

  function items(): Record<string, unknown>[] {
    return [...table.items.values()];
  }

  /** Rows of every reject file, in the order of the file. The column with the line is `sluice_line`, without its import. */
  function rejects(): Record<string, string>[] {
    return [...results.files.keys()]
      .filter((name) => name.startsWith('rejects/'))
      .sort()
      .flatMap(
        (name) =>
          parse(results.text(name), {
            columns: (header: string[]) =>
              header.map((cell) => cell.replace(/^sluice_line_\w+$/, 'sluice_line')),
            relax_column_count: true,
            relax_quotes: true,
          }) as Record<string, string>[],
      );
  }
}

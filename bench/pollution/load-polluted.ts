import { memoryLedger } from '../../src/engine/memory-ledger.ts';
import { memoryQueue } from '../../sim/memory-queue.ts';
import { memoryResults } from '../../sim/memory-results.ts';
import { memorySource } from '../../sim/memory-source.ts';
import { keySchema } from '../../sim/item.ts';
import { tableAsDeclared } from '../../sim/table-as-declared.ts';
import { simTable } from '../../sim/table.ts';
import { virtualClock } from '../../sim/virtual-clock.ts';
import { parseDataset } from '../../src/core/dataset/dataset.ts';
import { importId } from '../../src/core/imports/import.ts';
import { accept } from '../../src/engine/accept.ts';
import { readFileHeader } from '../../src/engine/file/file-header.ts';
import { loadMessage } from '../../src/engine/loading/load-message.ts';
import { textSource } from '../../src/node/text-source.ts';

/** What a load has made of a file: its columns, and the cells of each item in their order. */
export type LoadedFile = {
  readonly isDone: boolean;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** Loads a file with the engine, in memory. */
export async function loadPolluted(body: Uint8Array, format: object, columns: object): Promise<LoadedFile> {
  const dataset = parseDataset('polluted', {
    source: { prefix: 'in/' },
    format,
    columns,
    load: { max_reject_ratio: 1 },
    table: { partition_key: 'id' },
  });
  const clock = virtualClock({ seed: 1 });
  const memory = memorySource();
  const source = textSource(memory);
  const table = simTable({ clock, keys: keySchema(dataset) });
  const queue = memoryQueue();
  const ports = {
    source,
    table: () => table,
    describeTable: tableAsDeclared,
    results: memoryResults(),
    ledger: memoryLedger(),
    queue,
    clock,
  };
  const object = memory.put('in/file.csv', body);
  const emit = (): void => undefined;
  await accept(ports, [dataset], object, emit);
  for (let message = queue.messages.shift(); message !== undefined; message = queue.messages.shift()) {
    const deadlineMs = clock.monotonic() + 900_000;
    await clock.run(
      loadMessage(ports, [dataset], message, { owner: 'bench', deadlineMs, stop: undefined, emit }),
    );
  }
  const record = await ports.ledger.readImport(importId(object));
  if (record?.status !== 'done' && table.items.size === 0) return { isDone: false, header: [], rows: [] };
  const { names } = await readFileHeader(source, object, dataset);
  return { isDone: record?.status === 'done', header: names, rows: itemsOf(table.items, names) };
}

function itemsOf(
  items: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
  names: readonly string[],
): readonly (readonly string[])[] {
  return [...items.values()].map((item) => names.map((name) => valueText(item[name])));
}

function valueText(value: unknown): string {
  return value === undefined ? '' : String(Object.values(value as object)[0]);
}

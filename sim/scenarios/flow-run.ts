import { parseDatasets } from '../../src/core/dataset/dataset.ts';
import { importId, type ImportRecord } from '../../src/core/imports/import.ts';
import { accept } from '../../src/engine/accept.ts';
import { loadMessage } from '../../src/engine/loading/load-message.ts';
import { capacity, type CapacityMode, type CapacityOptions } from '../capacity.ts';
import { type CheckedItem, keySchema } from '../item.ts';
import { memoryLedger } from '../../src/engine/memory-ledger.ts';
import { memoryQueue } from '../memory-queue.ts';
import { tableAsDeclared } from '../table-as-declared.ts';
import { memoryResults } from '../memory-results.ts';
import { memorySource } from '../memory-source.ts';
import { network, type NetworkOptions } from '../network.ts';
import { seededRandom } from '../random.ts';
import { simTable, type SimTable } from '../table.ts';
import { virtualClock } from '../virtual-clock.ts';

export type FlowRunOptions = {
  readonly seed: number;
  /** The files; each has a loader of its own, and all write to the table at the same time. */
  readonly files: readonly Uint8Array[];
  readonly capacity: Omit<CapacityOptions, 'startMs'>;
  /** The table's capacity changes at this time. */
  readonly changes?: readonly { readonly atMs: number; readonly mode: CapacityMode }[];
  readonly network?: Omit<NetworkOptions, 'random'>;
  /** Has a sort key `n`. */
  readonly sorted?: boolean;
  /** The timeout of the function. Default: Lambda's maximum. */
  readonly functionMs?: number;
  readonly onItem?: (item: CheckedItem, atMs: number) => void;
};

export type FlowRun = {
  /** The units that the table wrote and held back in each second since the start. */
  readonly seconds: readonly Second[];
  readonly records: readonly ImportRecord[];
  readonly table: SimTable;
  /** Items that the table wrote, with repetitions. */
  readonly writtenItems: number;
  /** From the start to the last import's end. */
  readonly elapsedMs: number;
  /** The function time of all invocations, and their number. */
  readonly billedMs: number;
  readonly invocations: number;
};

export type Second = { writtenUnits: number; heldUnits: number };

const LONGEST_FUNCTION_MS = 900_000;

/** Loads files with the real engine, one invocation after another, in virtual time. */
export async function runFlow(options: FlowRunOptions): Promise<FlowRun> {
  const datasets = parseDatasets({
    rows: {
      source: { prefix: 'rows/' },
      table: { partition_key: 'id', ...(options.sorted === true ? { sort_key: 'n' } : {}) },
    },
  });
  const clock = virtualClock({ seed: options.seed });
  const startMs = clock.now();
  const limits = capacity({ ...options.capacity, startMs });
  const seconds: Second[] = [];
  const table = simTable({
    clock,
    keys: keySchema(datasets[0]!),
    capacity: limits,
    network: network({ ...options.network, random: seededRandom(options.seed + 1) }),
    onWrite({ atMs, units, heldUnits, items }) {
      const second = secondAt(seconds, Math.floor((atMs - startMs) / 1000));
      second.writtenUnits += units;
      second.heldUnits += heldUnits;
      writtenItems += items.length;
      if (options.onItem !== undefined) for (const item of items) options.onItem(item, atMs - startMs);
    },
  });
  const source = memorySource({ pieceBytes: 64 * 1024, speed: { clock } });
  const ledger = memoryLedger();
  let billedMs = 0;
  let invocations = 0;
  let writtenItems = 0;
  const emit = () => undefined;
  for (const { atMs, mode } of options.changes ?? []) {
    void clock.sleep(atMs).then(() => limits.change(mode, clock.now()));
  }
  const records = await clock.run(Promise.all(options.files.map(loadFile)));
  return { seconds, records, table, writtenItems, elapsedMs: clock.now() - startMs, billedMs, invocations };

  async function loadFile(body: Uint8Array, index: number): Promise<ImportRecord> {
    const queue = memoryQueue();
    const ports = {
      source,
      describeTable: tableAsDeclared,
      table: () => table,
      results: memoryResults(),
      ledger,
      queue,
      clock,
    };
    const object = source.put(`rows/${index}.csv`, body);
    await accept(ports, datasets, object, emit);
    for (let message = queue.messages.shift(); message !== undefined; message = queue.messages.shift()) {
      const { delayMs, ...work } = message;
      await clock.sleep(delayMs);
      const begunMs = clock.monotonic();
      invocations++;
      await loadMessage(ports, datasets, work, {
        owner: `${index}-${invocations}`,
        deadlineMs: begunMs + (options.functionMs ?? LONGEST_FUNCTION_MS),
        emit,
      });
      billedMs += clock.monotonic() - begunMs;
    }
    const record = await ledger.readImport(importId(object));
    return record!;
  }
}

function secondAt(seconds: Second[], index: number): Second {
  while (seconds.length <= index) seconds.push({ writtenUnits: 0, heldUnits: 0 });
  return seconds[index]!;
}

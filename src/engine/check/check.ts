import { type CheckFault, createFaultExamples } from '../../core/check/fault-examples.ts';
import { createHotKeys, type HotKey } from '../../core/check/hot-keys.ts';
import { createItemSizes, type SizeSummary } from '../../core/check/item-sizes.ts';
import { partitionHash, partitionText, partitionValue } from '../../core/check/partition-key.ts';
import { createRepeatedKeys, type RepeatedKeys, type RepeatedKey } from '../../core/check/repeated-keys.ts';
import { type LoadCost, loadCost, type Range } from '../../core/cost/load-cost.ts';
import { boundedText } from '../../core/bounded-text.ts';
import type { Dataset } from '../../core/dataset/dataset.ts';
import type { Failure } from '../../core/imports/import.ts';
import type { Warning } from '../../core/imports/warning.ts';
import type { Clock } from '../../core/ports.ts';
import type { RowObserver } from '../../core/rows/row-observer.ts';
import type { Spill } from '../../core/spill/spill.ts';
import { isPlain } from '../../core/write-plan.ts';
import type { InferFile } from '../infer/infer.ts';
import { dryRun } from './dry-run.ts';

/** What a load of a file comes to: plain data. */
export type CheckReport = {
  readonly file: string;
  readonly dataset: string;
  /** Only the first rows were read: all numbers are of those. */
  readonly isSample: boolean;
  readonly readBytes: number;
  /** Why the import would fail; null: it would not. The other fields are then of the rows before. */
  readonly failure: Failure | null;
  readonly warnings: readonly Warning[];
  readonly rows: {
    readonly read: number;
    readonly loaded: number;
    readonly skipped: number;
    readonly rejected: number;
    readonly blank: number;
  };
  readonly items: {
    readonly made: number;
    /** Written, deleted and superseded ones: which of them depends on timing. */
    readonly settled: number;
    readonly distinctKeys: number;
    /** In an empty table afterwards; null: it depends on what the table holds. */
    readonly final: number | null;
  };
  /** Items are inserted, merged, or compared by `newer_by`: what becomes of them depends on what the table holds. */
  readonly dependsOnTable: boolean;
  readonly faults: readonly CheckFault[];
  readonly duplicates: {
    readonly keys: number;
    readonly items: number;
    readonly examples: readonly RepeatedKey[];
  };
  /** null: they depend on what the table holds. */
  readonly units: Range | null;
  readonly sizes: SizeSummary | null;
  /** Partition keys by their write units. */
  readonly hotKeys: readonly HotKey[];
  /** null where the units are. */
  readonly cost: LoadCost | null;
};

export type CheckOptions = {
  readonly clock: Clock;
  /** Called at most once, for more keys than fit into memory. It is closed at the end. */
  readonly openSpill: () => Spill;
  /** Read about so many rows only. */
  readonly sampleRows?: number;
};

const HOTTEST = 5;
const MOST_KEY_BYTES = 200;

/** Tells what a load of the file would do, by running it without a table. Throws what the source throws where a load would try again. */
export async function check(dataset: Dataset, file: InferFile, options: CheckOptions): Promise<CheckReport> {
  let spill: Spill | null = null;
  try {
    return await checkWith(dataset, file, { ...options, openSpill: () => (spill = options.openSpill()) });
  } finally {
    (spill as Spill | null)?.close();
  }
}

async function checkWith(dataset: Dataset, file: InferFile, options: CheckOptions): Promise<CheckReport> {
  const { clock, openSpill, sampleRows = Infinity } = options;
  const stop = new AbortController();
  const watch = watchRows(openSpill, (rows) => rows >= sampleRows && stop.abort());
  const run = await dryRun({
    source: file.source,
    object: file.object,
    dataset,
    clock,
    observer: watch.observer,
    stop: stop.signal,
  });
  const { read, loaded, skipped, rejected, blank, made, written, deleted, superseded } = run.counts;
  const keys = watch.keys.summary();
  const dependsOnTable = watch.dependsOnTable();
  const units = dependsOnTable ? null : keys.units;
  const hotKeys = watch.hotKeys.hottest(HOTTEST);
  return {
    file: file.name,
    dataset: dataset.name,
    isSample: run.isPart,
    readBytes: run.readBytes,
    failure: run.failure,
    warnings: run.warnings,
    rows: { read, loaded, skipped, rejected, blank },
    items: {
      made,
      settled: written + deleted + superseded,
      distinctKeys: keys.distinct,
      final: dependsOnTable ? null : keys.finalItems,
    },
    dependsOnTable,
    faults: watch.faults.faults(),
    duplicates: { keys: keys.repeated, items: keys.repeats, examples: keys.examples },
    units,
    sizes: watch.sizes.summary(),
    hotKeys,
    cost: units === null ? null : loadCost(units, hotUnits(hotKeys[0], keys.repeats > 0), dataset.table),
  };
}

/** Units that the partition of the hottest key takes. Its items may be superseded where keys are repeated. */
function hotUnits(hottest: HotKey | undefined, hasRepeats: boolean): Range {
  if (hottest === undefined) return { least: 0, most: 0 };
  return { least: hasRepeats ? 0 : hottest.least, most: hottest.most };
}

/** Collects what the rows say. */
function watchRows(openSpill: () => Spill, onRow: (rows: number) => void) {
  const faults = createFaultExamples();
  const sizes = createItemSizes();
  const hotKeys = createHotKeys();
  const keys: RepeatedKeys = createRepeatedKeys(openSpill);
  let dependsOnTable = false;
  let rows = 0;
  const observer: RowObserver = {
    mapped(mapping, arena, line) {
      for (let index = 0; index < mapping.itemCount; index++) {
        const item = mapping.items[index]!;
        const plan = mapping.plans[item.plan]!;
        if (!isPlain(plan)) dependsOnTable = true;
        sizes.add(item.sizeBytes);
        keys.add(arena, item, plan.kind, line);
        const value = partitionValue(arena, item.start);
        hotKeys.add(partitionHash(arena, value, item.partitionHash), item.units, () =>
          boundedText(partitionText(arena, value), MOST_KEY_BYTES),
        );
      }
      onRow(++rows);
    },
    rejected(reject) {
      faults.add(reject);
      onRow(++rows);
    },
  };
  return { observer, faults, sizes, hotKeys, keys, dependsOnTable: () => dependsOnTable };
}

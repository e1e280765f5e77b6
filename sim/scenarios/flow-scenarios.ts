import { hashOf } from '../item.ts';
import { PARTITION_UNITS } from '../partitions.ts';
import { type FlowRun, runFlow, type Second } from './flow-run.ts';

/** A measure of the flow control: the reached value and the target. */
export type Measure = {
  readonly name: string;
  readonly value: number;
  readonly target: number;
  readonly better: 'more' | 'less';
};

export type FlowScenario = {
  readonly name: string;
  readonly measures: readonly Measure[];
  /** Throughput over time, to plot. */
  readonly seconds: readonly Second[];
};

const encoder = new TextEncoder();
/** After this time, in seconds, a load must have found its table's rate. */
const SETTLED_SECONDS = 10;
/** Each row is written at most this number of times, on average, if no process dies. */
const MOST_AMPLIFICATION = 1.01;

export function isReached({ value, target, better }: Measure): boolean {
  return better === 'more' ? value >= target : value <= target;
}

/** Uniform keys on a provisioned table without burst credit, for about `seconds`. */
export async function uniformScenario(units: number, seconds: number, seed = 1): Promise<FlowScenario> {
  const run = await runFlow({
    seed,
    files: [rows(units * seconds)],
    capacity: { mode: { kind: 'provisioned', units } },
  });
  const isLarge = units >= 40_000;
  return {
    name: `provisioned ${units} units, uniform keys`,
    measures: [
      atLeast(
        'share of the capacity used after 10 s',
        usedShare(run, SETTLED_SECONDS, units),
        isLarge ? 0.985 : 0.98,
      ),
      atMost('throttled units by written', throttledShare(run), isLarge ? 0.015 : 0.02),
    ],
    seconds: run.seconds,
  };
}

/** Capacity that changes after 20 s. */
export async function changeScenario(units: number, unitsThen: number, seed = 1): Promise<FlowScenario> {
  const changeSecond = 20;
  const run = await runFlow({
    seed,
    files: [rows(units * changeSecond + unitsThen * 40)],
    capacity: { mode: { kind: 'provisioned', units } },
    changes: [{ atMs: changeSecond * 1000, mode: { kind: 'provisioned', units: unitsThen } }],
  });
  const settled = usedShare(run, changeSecond + SETTLED_SECONDS, unitsThen);
  return {
    name: `${units} units that become ${unitsThen}`,
    measures: [
      atLeast('share of the new capacity used from 10 s after the change on', settled, 0.95),
      atMost('throttled units by written', throttledShare(run), 0.02),
    ],
    seconds: run.seconds,
  };
}

/**
 * A file sorted by its partition key, in runs of 10,000 rows, on 40 partitions that don't split. A loader that writes in the
 * file's order uses one partition at a time, and so writes 1,000 units a second.
 */
export async function sortedScenario(runsPerPartition: number, seed = 1): Promise<FlowScenario> {
  const partitions = 40;
  const runRows = 10_000;
  const lines = ['id,n'];
  for (const key of evenKeys(partitions, runsPerPartition)) {
    for (let n = 0; n < runRows; n++) lines.push(`${key},${n}`);
  }
  const run = await runFlow({
    seed,
    sorted: true,
    files: [encoder.encode(lines.join('\n'))],
    capacity: { mode: { kind: 'provisioned', units: 40_000 }, partitions, splitAfterMs: Infinity },
  });
  const perSecond = (written(run.seconds) / run.elapsedMs) * 1000;
  return {
    name: `sorted file: ${partitions} partitions, runs of ${runRows} rows a partition key`,
    measures: [atLeast('speed by that of a loader in file order', perSecond / PARTITION_UNITS, 20)],
    seconds: run.seconds,
  };
}

/**
 * One partition key has every tenth row, more than its partition accepts; all other keys are unique. Compared with the
 * load of the other rows alone.
 */
export async function hotRangeScenario(seed = 1): Promise<FlowScenario> {
  const units = 20_000;
  const capacity = { mode: { kind: 'provisioned', units }, partitions: 64, adaptive: false } as const;
  const cold: string[] = [];
  const mixed: string[] = [];
  for (let n = 0; n < units * 20; n++) {
    cold.push(`c${n},0`);
    mixed.push(`c${n},0`);
    if (n % 9 === 0) mixed.push(`hot,${n}`);
  }
  const alone = await coldSeconds(cold);
  const beside = await coldSeconds(mixed);
  return {
    name: 'a hot key range beside cold ones',
    measures: [
      atLeast('speed of the cold keys by that without the hot one', alone.coldMs / beside.coldMs, 0.95),
    ],
    seconds: beside.run.seconds,
  };

  async function coldSeconds(lines: readonly string[]): Promise<{ run: FlowRun; coldMs: number }> {
    const times: number[] = [];
    const run = await runFlow({
      seed,
      sorted: true,
      files: [encoder.encode(`id,n\n${lines.join('\n')}`)],
      capacity,
      onItem: ({ attributes }, atMs) => {
        if (attributes['id']!['S'] !== 'hot') times.push(atMs);
      },
    });
    // The last rows may be in the lane of the hot key, or on its partition.
    return { run, coldMs: times[Math.floor(times.length * 0.95)]! };
  }
}

/** The original design's table: 5 units. */
export async function smallTableScenario(rowCount: number, seed = 1): Promise<FlowScenario> {
  const run = await runFlow({
    seed,
    files: [rows(rowCount)],
    capacity: { mode: { kind: 'provisioned', units: 5 } },
  });
  return {
    name: `5 units, ${rowCount} rows`,
    measures: [
      atLeast('rows written', run.table.items.size, rowCount),
      atMost('function time by elapsed time', run.billedMs / run.elapsedMs, 0.02),
      atMost('elapsed time by what 5 units a second need', run.elapsedMs / ((rowCount / 5) * 1000), 1.05),
      atMost('items written by items needed', run.writtenItems / rowCount, MOST_AMPLIFICATION),
    ],
    seconds: run.seconds,
  };
}

/** A function that reaches its timeout many times: on a table that throttles, or on one with slow answers. */
export async function deadlineScenario(
  table: 'slow' | 'far',
  rowCount: number,
  seed = 1,
): Promise<FlowScenario> {
  const units = table === 'slow' ? 1000 : 40_000;
  const run = await runFlow({
    seed,
    files: [rows(rowCount)],
    capacity: { mode: { kind: 'provisioned', units } },
    ...(table === 'slow' ? {} : { network: { medianMs: 400, tailShare: 0 } }),
    functionMs: 20_000,
  });
  return {
    name: `functions of 20 s, ${table === 'slow' ? '1,000 units a second' : 'answers after 0.4 s'}, ${rowCount} rows`,
    measures: [
      atLeast('rows written', run.table.items.size, rowCount),
      atLeast('invocations', run.invocations, 3),
      atMost('items written by items needed', run.writtenItems / rowCount, MOST_AMPLIFICATION),
    ],
    seconds: run.seconds,
  };
}

/** Independent loaders on one table. */
export async function sharedScenario(loaders: number, seed = 1): Promise<FlowScenario> {
  const units = 1000;
  const run = await runFlow({
    seed,
    files: Array.from({ length: loaders }, (_, index) => rows((units * 40) / loaders, `f${index}-`)),
    capacity: { mode: { kind: 'provisioned', units } },
  });
  const ends = run.records.map(({ endedAtMs, startedAtMs }) => endedAtMs! - startedAtMs!);
  return {
    name: `${loaders} loaders on one table of ${units} units`,
    measures: [
      atLeast(
        'share of the capacity used from 10 s on, until the first has ended',
        usedShare(
          { ...run, seconds: run.seconds.slice(0, Math.floor(Math.min(...ends) / 1000)) },
          SETTLED_SECONDS,
          units,
        ),
        0.95,
      ),
    ],
    seconds: run.seconds,
  };
}

/** Items of up to 400 units among items of one unit, on a table of 5 units with its burst credit. */
export async function largeItemsScenario(seed = 1): Promise<FlowScenario> {
  const lines = Array.from({ length: 200 }, (_, n) => `k${n},${'x'.repeat(n % 50 === 7 ? 390 * 1024 : 10)}`);
  const run = await runFlow({
    seed,
    files: [encoder.encode(`id,text\n${lines.join('\n')}`)],
    capacity: { mode: { kind: 'provisioned', units: 5 } },
  });
  const needMs = (written(run.seconds) / 5) * 1000;
  return {
    name: 'items of up to 400 units on a table of 5',
    measures: [
      atLeast('rows written', run.table.items.size, lines.length),
      atMost('elapsed time by what 5 units a second need', run.elapsedMs / needMs, 2),
    ],
    seconds: run.seconds,
  };
}

export function rows(count: number, prefix = 'k'): Uint8Array {
  return encoder.encode(`id\n${Array.from({ length: count }, (_, n) => `${prefix}${n}\n`).join('')}`);
}

/** Share of the capacity that was used from a second on, without the last seconds, in which the file ends. */
function usedShare({ seconds }: FlowRun, fromSecond: number, units: number): number {
  const measured = seconds.slice(fromSecond, -2);
  return written(measured) / (measured.length * units);
}

function throttledShare({ seconds }: FlowRun): number {
  return seconds.reduce((sum, { heldUnits }) => sum + heldUnits, 0) / written(seconds);
}

function written(seconds: readonly Second[]): number {
  return seconds.reduce((sum, { writtenUnits }) => sum + writtenUnits, 0);
}

/** Keys in random order of their partitions, the same number for each partition, so that no partition is last by chance. */
function evenKeys(partitions: number, each: number): string[] {
  const keys: string[] = [];
  const counts = Array.from({ length: partitions }, () => 0);
  for (let n = 0; keys.length < partitions * each; n++) {
    const partition = Math.floor((hashOf(`key${n}`) / 2 ** 32) * partitions);
    if (counts[partition]! >= each) continue;
    counts[partition]!++;
    keys.push(`key${n}`);
  }
  return keys;
}

function atLeast(name: string, value: number, target: number): Measure {
  return { name, value, target, better: 'more' };
}

function atMost(name: string, value: number, target: number): Measure {
  return { name, value, target, better: 'less' };
}

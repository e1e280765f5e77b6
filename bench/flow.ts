import {
  changeScenario,
  deadlineScenario,
  type FlowScenario,
  hotRangeScenario,
  smallTableScenario,
  sortedScenario,
  uniformScenario,
} from '../sim/scenarios/flow-scenarios.ts';
import { type Measure, measure } from './measure.ts';
import type { Panel } from './throughput-plot.ts';

export type Flow = { readonly measures: readonly Measure[]; readonly panels: readonly Panel[] };

type Entry = {
  readonly name: string;
  readonly run: () => Promise<FlowScenario>;
  /** The table's units at a second. */
  readonly capacity: (second: number) => number;
  /** Takes a second or less. */
  readonly isQuick: boolean;
};

const CHANGE_SECOND = 20;

const ENTRIES: readonly Entry[] = [
  { name: 'provisioned-100', run: () => uniformScenario(100, 60), capacity: () => 100, isQuick: true },
  { name: 'provisioned-1000', run: () => uniformScenario(1000, 60), capacity: () => 1000, isQuick: true },
  {
    name: 'provisioned-40000',
    run: () => uniformScenario(40_000, 30),
    capacity: () => 40_000,
    isQuick: false,
  },
  { name: 'capacity-halves', run: () => changeScenario(1000, 500), capacity: from(1000, 500), isQuick: true },
  {
    name: 'capacity-doubles',
    run: () => changeScenario(1000, 2000),
    capacity: from(1000, 2000),
    isQuick: true,
  },
  { name: 'sorted-file', run: () => sortedScenario(3), capacity: () => 40_000, isQuick: false },
  { name: 'hot-range', run: hotRangeScenario, capacity: () => 20_000, isQuick: false },
  { name: 'small-table', run: () => smallTableScenario(100_000), capacity: () => 5, isQuick: true },
  {
    name: 'deadlines-slow-table',
    run: () => deadlineScenario('slow', 51_000),
    capacity: () => 1000,
    isQuick: true,
  },
  {
    name: 'deadlines-slow-answers',
    run: () => deadlineScenario('far', 102_000),
    capacity: () => 40_000,
    isQuick: true,
  },
];

/** The flow control against the model of DynamoDB's capacity, in virtual time: the same on every machine. */
export async function measureFlow(options: { quick: boolean }, tell: (line: string) => void): Promise<Flow> {
  const measures: Measure[] = [];
  const panels: Panel[] = [];
  for (const { name, run, capacity } of ENTRIES.filter(({ isQuick }) => isQuick || !options.quick)) {
    const scenario = await run();
    measures.push(...measuresOf(name, scenario));
    panels.push({
      title: scenario.name,
      writtenUnits: scenario.seconds.map(({ writtenUnits }) => writtenUnits),
      heldUnits: scenario.seconds.map(({ heldUnits }) => heldUnits),
      capacityUnits: scenario.seconds.map((_, second) => capacity(second)),
    });
    tell(`flow: ${scenario.name}: ${scenario.seconds.length} s in virtual time`);
  }
  return { measures, panels };
}

function measuresOf(name: string, scenario: FlowScenario): readonly Measure[] {
  return scenario.measures.map(({ name: what, value, target, better }) =>
    measure(
      `flow-${name}-${what.replaceAll(/[^a-z0-9]+/gi, '-')}`,
      `${scenario.name}: ${what}`,
      value,
      '',
      better === 'more' ? { atLeast: target } : { atMost: target },
    ),
  );
}

function from(units: number, unitsThen: number): (second: number) => number {
  return (second) => (second < CHANGE_SECOND ? units : unitsThen);
}

if (import.meta.main) {
  const { measures } = await measureFlow({ quick: false }, () => undefined);
  for (const { description, value, target, bound, ratio } of measures) {
    console.log(`${description}: ${value.toPrecision(4)} (${bound} ${target}, ratio ${ratio?.toFixed(2)})`);
  }
}

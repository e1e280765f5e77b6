import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureBaseline } from './baseline.ts';
import { measureColdStart } from './cold-start.ts';
import { type DatasetsSpeedOptions, measureDatasets } from './datasets-speed.ts';
import { measurePeakRss, type PeakRssOptions } from './peak-rss.ts';
import { measureFlow } from './flow.ts';
import { measureHostile } from './hostile/measure.ts';
import { measureReading } from './reading.ts';
import { type Findings, findingsJson, findingsMarkdown } from './report.ts';
import { measureSpeed, type SpeedOptions } from './speed.ts';
import { plotThroughput } from './throughput-plot.ts';

type Plan = {
  readonly speed: SpeedOptions;
  readonly datasets: DatasetsSpeedOptions;
  readonly reading: { readonly rounds: number; readonly rows: number };
  readonly peakRss: PeakRssOptions;
  readonly coldStartRuns: number;
};

/** Everything, for bench/RESULTS.md; some minutes. Memory is measured once: it hardly differs between runs; with --large also for 4 GB. */
const FULL: Plan = {
  speed: { rounds: 5, rows: 1_000_000, sdkRows: 100_000, otherPeersRows: 20_000 },
  datasets: { rounds: 5, rows: 300_000, singleRows: 100_000, wideRows: 30_000 },
  reading: { rounds: 5, rows: 500_000 },
  peakRss: { fileBytes: 1e9, largeFileBytes: null, rounds: 1, largeRounds: 1 },
  coldStartRuns: 9,
};

/** The essentials, in less than a minute of a quiet machine. */
const QUICK: Plan = {
  speed: { rounds: 3, rows: 1_000_000, sdkRows: 50_000, otherPeersRows: 0 },
  datasets: { rounds: 1, rows: 200_000, singleRows: 50_000, wideRows: 10_000 },
  reading: { rounds: 3, rows: 200_000 },
  peakRss: { fileBytes: 1e8, largeFileBytes: null, rounds: 1, largeRounds: 0 },
  coldStartRuns: 3,
};

/** `npm run bench -- [--quick] [--large] [--baseline COMMIT] [--json]`: progress goes to stderr; the whole run is saved in bench/RESULTS.md and bench/throughput.svg. */
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    large: { type: 'boolean', default: false },
    /** A commit whose loader takes turns with this one. */
    baseline: { type: 'string' },
  },
});
const plan = values.quick ? QUICK : FULL;
const flags = [
  values.quick ? '--quick' : '',
  values.large ? '--large' : '',
  values.baseline === undefined ? '' : `--baseline ${values.baseline}`,
].filter(Boolean);
const findings = await runAll(
  values.large ? { ...plan, peakRss: { ...plan.peakRss, largeFileBytes: 4e9, largeRounds: 1 } } : plan,
  values.quick,
  ['npm run bench', ...flags].join(' ').replace(' --', ' -- --'),
);
console.log(values.json ? findingsJson(findings) : findingsMarkdown(findings));
if (!values.quick) {
  await writeFile(join(import.meta.dirname, 'RESULTS.md'), findingsMarkdown(findings));
  await writeFile(join(import.meta.dirname, 'throughput.svg'), plotThroughput(findings.panels));
}

async function runAll(plan: Plan, quick: boolean, command: string): Promise<Findings> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    const speed = await measureSpeed(plan.speed, folder, tell);
    const { rounds, rows } = plan.speed;
    const { baseline: commit } = values;
    const baseline =
      commit === undefined ? [] : await measureBaseline({ commit, rounds, rows }, folder, tell);
    const datasets = await measureDatasets(plan.datasets, folder, tell);
    const reading = await measureReading(plan.reading, folder, tell);
    const peakRss = await measurePeakRss(plan.peakRss, folder, tell);
    const hostile = await measureHostile(folder, tell);
    const coldStart = await measureColdStart({ runs: plan.coldStartRuns }, tell);
    const flow = await measureFlow({ quick }, tell);
    return {
      measures: [
        ...speed.measures,
        ...baseline,
        ...datasets,
        ...reading.measures,
        ...peakRss,
        ...hostile,
        ...flow.measures,
        ...coldStart,
      ],
      panels: flow.panels,
      loaders: speed.loaders,
      reading,
      command,
      rounds: plan.speed.rounds,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function tell(line: string): void {
  console.error(line);
}

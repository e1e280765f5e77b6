import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Contender, type LoadRun, medianRatio, medianRun, runLoads } from './load-runs.ts';
import { type Measure, measure } from './measure.ts';
import { generatePeople } from './people.ts';

export type SpeedOptions = {
  readonly rounds: number;
  readonly rows: number;
  readonly sdkRows: number;
  /** 0: boto3 and ddbimport are left out. */
  readonly otherPeersRows: number;
};

export type Speed = {
  readonly measures: readonly Measure[];
  readonly loaders: readonly LoaderLine[];
};

/** A line of the comparison; `run` is null, with the reason, where the loader isn't there. */
export type LoaderLine = {
  readonly name: string;
  readonly run: LoadRun | null;
  readonly reason: string | null;
};

const LATENCY_MS = 6;

/** Measures a whole load against an endpoint that only counts items, compared with other loaders. */
export async function measureSpeed(
  options: SpeedOptions,
  folder: string,
  tell: (line: string) => void,
): Promise<Speed> {
  const { rounds, rows, sdkRows, otherPeersRows } = options;
  const file = await people(folder, rows);
  const ours = { script: 'engine-load.ts', file, rows };
  const contenders: Contender[] = [
    { name: 'Sluice', ...ours, endpoint: {} },
    { name: 'Sluice, TLS', ...ours, endpoint: { tls: true } },
    { name: `Sluice, ${LATENCY_MS} ms latency`, ...ours, endpoint: { latencyMs: LATENCY_MS } },
    {
      name: 'SDK v3 + csv-parse',
      script: 'peers/sdk-csv-parse.ts',
      file: await people(folder, sdkRows),
      rows: sdkRows,
      endpoint: {},
    },
  ];
  const absent: LoaderLine[] = [];
  if (otherPeersRows > 0) {
    for (const name of ['boto3', 'ddbimport'] as const) {
      const reason = await whyAbsent(name, folder);
      if (reason === null) contenders.push(await otherPeer(name, otherPeersRows, folder));
      else absent.push({ name, run: null, reason });
    }
  }
  const runs = await runLoads(contenders, rounds, tell);
  const loaders = contenders.map(({ name }, index) => ({ name, run: medianRun(runs[index]!), reason: null }));
  return { measures: measuresOf(runs), loaders: [...loaders, ...absent] };
}

function measuresOf(runs: readonly (readonly LoadRun[])[]): readonly Measure[] {
  const [plain, tls, latency, sdk] = runs as [LoadRun[], LoadRun[], LoadRun[], LoadRun[]];
  return [
    measure(
      'rows-per-cpu-second',
      'whole load, people file',
      medianRun(plain).rowsPerCpuSecond,
      'rows/CPU-s',
      {
        atLeast: 300_000,
      },
    ),
    measure('times-sdk', 'whole load, relative to SDK v3 with csv-parse', medianRatio(plain, sdk), '×', {
      atLeast: 9,
    }),
    measure('rows-per-cpu-second-tls', 'whole load over TLS', medianRun(tls).rowsPerCpuSecond, 'rows/CPU-s', {
      atLeast: 250_000,
    }),
    measure(
      'share-with-latency',
      `rows/CPU-s with ${LATENCY_MS} ms of latency, to without`,
      100 * medianRatio(latency, plain),
      '%',
      {
        atLeast: 85,
      },
    ),
    measure(
      'rows-per-second-with-latency',
      `wall time with ${LATENCY_MS} ms of latency`,
      medianRun(latency).rowsPerSecond,
      'rows/s',
    ),
  ];
}

type OtherPeer = 'boto3' | 'ddbimport';

async function otherPeer(name: OtherPeer, rows: number, folder: string): Promise<Contender> {
  const script = name === 'boto3' ? 'peers/boto3_writer.py' : 'peers/ddbimport.sh';
  return { name, script, file: await people(folder, rows), rows, endpoint: {} };
}

/** null, or why the loader can't be compared here. */
async function whyAbsent(name: OtherPeer, folder: string): Promise<string | null> {
  try {
    if (name === 'boto3') execFileSync('python3', ['-c', 'import boto3'], { stdio: 'ignore' });
    else execFileSync('which', ['ddbimport'], { stdio: 'ignore' });
  } catch {
    return name === 'boto3' ? 'there is no python3 with boto3' : 'not on the PATH';
  }
  try {
    await runLoads([await otherPeer(name, 1000, folder)], 1, () => undefined);
    return null;
  } catch {
    return 'it does not reach the endpoint';
  }
}

/** One file for each number of rows. */
async function people(folder: string, rows: number): Promise<string> {
  const path = join(folder, `people-${rows}.csv`);
  await generatePeople(path, { rows });
  return path;
}

import { type CountingServer, type CountingServerOptions, startCountingServer } from './counting-server.ts';
import { median } from './measure.ts';
import { runScript } from './run-script.ts';

/** One loader's way of loading a file, as it is compared with the others'. */
export type Contender = {
  readonly name: string;
  readonly script: string;
  readonly file: string;
  readonly rows: number;
  /** What the endpoint must count; `rows` where it is not given. */
  readonly items?: number;
  /** The file of a resolved dataset, for `engine-load.ts`; that of `datasets/people.yaml` where it is not given. */
  readonly dataset?: string;
  /** Another checkout whose loader is run. */
  readonly root?: string;
  readonly endpoint: CountingServerOptions;
};

export type LoadRun = {
  readonly rowsPerCpuSecond: number;
  readonly rowsPerSecond: number;
  /** null if the loader does not report it. */
  readonly peakRssBytes: number | null;
};

type PrintedUsage = {
  rows: number;
  cpuSeconds: number;
  elapsedSeconds: number;
  peakRssBytes: number | null;
};

/**
 * Runs the contenders in turns, `rounds` times, so that other load on the machine affects all of them.
 * Returns each one's runs in the order of the rounds. Throws if an endpoint counted another number of items than it
 * should.
 */
export async function runLoads(
  contenders: readonly Contender[],
  rounds: number,
  tell: (line: string) => void,
): Promise<readonly (readonly LoadRun[])[]> {
  const runs: LoadRun[][] = contenders.map(() => []);
  for (let round = 1; round <= rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      const run = await runLoad(contender);
      runs[index]!.push(run);
      tell(
        `round ${round} of ${rounds}: ${contender.name}: ${Math.round(run.rowsPerCpuSecond)} rows per CPU-second`,
      );
    }
  }
  return runs;
}

/** The median of each number over the runs. */
export function medianRun(runs: readonly LoadRun[]): LoadRun {
  const peaks = runs.map(({ peakRssBytes }) => peakRssBytes).filter((peak) => peak !== null);
  return {
    rowsPerCpuSecond: median(runs.map(({ rowsPerCpuSecond }) => rowsPerCpuSecond)),
    rowsPerSecond: median(runs.map(({ rowsPerSecond }) => rowsPerSecond)),
    peakRssBytes: peaks.length === 0 ? null : median(peaks),
  };
}

/** The median over the rounds of one contender's rows a CPU-second by another's of the same round. */
export function medianRatio(runs: readonly LoadRun[], others: readonly LoadRun[]): number {
  return median(
    runs.map(({ rowsPerCpuSecond }, round) => rowsPerCpuSecond / others[round]!.rowsPerCpuSecond),
  );
}

async function runLoad(contender: Contender): Promise<LoadRun> {
  const server = await startCountingServer(contender.endpoint);
  try {
    const { script, file, dataset, root } = contender;
    const args = [file, server.endpoint, ...(dataset === undefined ? [] : [dataset])];
    const usage = await runScript<PrintedUsage>(script, args, [], root);
    await checkCount(contender, server);
    return {
      rowsPerCpuSecond: usage.rows / usage.cpuSeconds,
      rowsPerSecond: usage.rows / usage.elapsedSeconds,
      peakRssBytes: usage.peakRssBytes,
    };
  } finally {
    server.close();
  }
}

async function checkCount({ name, rows, items = rows }: Contender, server: CountingServer): Promise<void> {
  const { items: counted } = await server.count();
  if (counted === items) return;
  throw new Error(`${name}: the endpoint counted ${counted} items, and the file makes ${items}.`);
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { build } from '../scripts/build.ts';
import { type ColdStartWorld, startColdStartWorld } from './cold-start-world.ts';
import { type Measure, measure, median } from './measure.ts';

export type ColdStartOptions = {
  readonly runs: number;
  /** The folder for CPU profiles of the processes. */
  readonly profileDir?: string;
};

type ColdStart = {
  /** From the start of the process to its first BatchWriteItem at the endpoint, and to its handler. */
  readonly firstWriteMs: number;
  readonly loadedMs: number;
  /** User and system, of all threads, until then; in steps of 10 ms, as Linux reports it; null on other systems. */
  readonly cpuMs: number | null;
};

/** "At 1,769 MB, a function has the equivalent of one vCPU" (Lambda, Configure Lambda function memory), and less has its share. */
const FULL_CPU_MB = 1769;
const MEMORY_SIZES_MB = [128, 256, 512];

/** Loads the bundle as Lambda does, reports that, and invokes the handler with one message. */
const FUNCTION = `
const { handler } = await import(process.env.BENCH_BUNDLE);
// Exits normally, so that a profile is written.
process.once('disconnect', () => process.exit());
process.send('loaded');
process.once('message', ({ event, deadlineMs }) => handler(event, {
  awsRequestId: 'cold-start', functionName: 'sluice-load', functionVersion: '$LATEST', memoryLimitInMB: '512',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:sluice-load',
  getRemainingTimeInMillis: () => deadlineMs - Date.now(),
}));
`;

/**
 * Measures the time from the start of a new process to the function's first write. The function gets a work message at once and uses
 * the local endpoint for S3, SQS and the ledger; before the first write it reads the datasets document, takes the lease, and reads the header and
 * the first rows. The times for less memory are estimates: CPU time grows with the inverse of the CPU share, waiting does not. They do not
 * include the creation of the sandbox and the download of the code, nor the extra CPU that Lambda may give during initialization.
 */
export async function measureColdStart(
  options: ColdStartOptions,
  tell: (line: string) => void,
): Promise<readonly Measure[]> {
  const outDir = await mkdtemp(join(tmpdir(), 'sluice-cold-start-'));
  const { bundleDir } = await build(join(import.meta.dirname, '..'), outDir);
  const world = await startColdStartWorld();
  try {
    const starts: ColdStart[] = [];
    for (let run = 0; run < options.runs; run++) {
      starts.push(await start(pathToFileURL(join(bundleDir, 'index.mjs')).href, world, options));
    }
    tell(`cold start to first write: ${starts.map((each) => Math.round(each.firstWriteMs)).join(', ')} ms`);
    return measuresOf(starts);
  } finally {
    await world.close();
    await rm(outDir, { recursive: true });
  }
}

function measuresOf(starts: readonly ColdStart[]): readonly Measure[] {
  const whole = [
    measure(
      'cold-start-loaded',
      'process start to handler, one full CPU',
      median(starts.map(({ loadedMs }) => loadedMs)),
      'ms',
    ),
    measure(
      'cold-start-first-write',
      'process start to first write, one full CPU',
      median(starts.map(({ firstWriteMs }) => firstWriteMs)),
      'ms',
    ),
  ];
  if (starts.some(({ cpuMs }) => cpuMs === null)) return whole;
  return [
    ...whole,
    ...MEMORY_SIZES_MB.map((memoryMb) =>
      measure(
        `cold-start-first-write-${memoryMb}-mb`,
        `process start to first write, ${memoryMb} MB (${((100 * memoryMb) / FULL_CPU_MB).toFixed(0)}% of a CPU, estimated)`,
        median(starts.map(({ firstWriteMs, cpuMs }) => firstWriteMs + cpuMs! * (FULL_CPU_MB / memoryMb - 1))),
        'ms',
      ),
    ),
  ];
}

async function start(
  bundle: string,
  world: ColdStartWorld,
  { profileDir }: ColdStartOptions,
): Promise<ColdStart> {
  const message = await world.makeMessage();
  const profiling = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...profiling, '--input-type=module', '--eval', FUNCTION], {
    env: { PATH: process.env['PATH'], ...world.environment, BENCH_BUNDLE: bundle },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let loadedMs = 0;
  child.once('message', () => {
    loadedMs = performance.now() - startedAt;
    child.send({ event: message, deadlineMs: Date.now() + 900_000 });
  });
  const ended = once(child, 'exit');
  const first = await Promise.race([world.nextWrite().then(() => 'write'), ended.then(() => 'end')]);
  if (first === 'end') throw new Error('The function ended before its first write.');
  const firstWriteMs = performance.now() - startedAt;
  const cpuMs = cpuOf(child.pid!);
  child.disconnect();
  await ended;
  return { firstWriteMs, loadedMs, cpuMs };
}

/** Fields 14 and 15 of /proc/PID/stat (proc(5)): hundredths of a second. The second field may hold spaces and parentheses. */
function cpuOf(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { runs: { type: 'string', default: '15' }, 'profile-dir': { type: 'string' } },
  });
  const profileDir = values['profile-dir'];
  const measures = await measureColdStart(
    { runs: Number(values.runs), ...(profileDir === undefined ? {} : { profileDir }) },
    console.log,
  );
  for (const { description, value, unit } of measures)
    console.log(`${description}: ${value.toFixed(0)} ${unit}`);
}

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
  /** Where CPU profiles of the processes are kept. */
  readonly profileDir?: string;
};

type ColdStart = {
  /** From the start of the process to its first BatchWriteItem at the endpoint, and to its handler. */
  readonly firstWriteMs: number;
  readonly loadedMs: number;
  /** User and system, of all threads, until then; in steps of 10 ms, as Linux tells it. null elsewhere. */
  readonly cpuMs: number | null;
};

/** "At 1,769 MB, a function has the equivalent of one vCPU" (Lambda, Configure Lambda function memory), and less has its share. */
const FULL_CPU_MB = 1769;
const MEMORY_SIZES_MB = [128, 256, 512];

/** Loads the bundle as Lambda does, says so, and hands it one message. */
const FUNCTION = `
const { handler } = await import(process.env.BENCH_BUNDLE);
// Ends as a process does that wants to: a profile is written.
process.once('disconnect', () => process.exit());
process.send('loaded');
process.once('message', ({ event, deadlineMs }) => handler(event, {
  awsRequestId: 'cold-start', functionName: 'sluice-load', functionVersion: '$LATEST', memoryLimitInMB: '512',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:sluice-load',
  getRemainingTimeInMillis: () => deadlineMs - Date.now(),
}));
`;

/**
 * How long the built function takes from the start of a new process to its first write, with a work message in hand and
 * the local endpoint for S3, SQS and the ledger: datasets document, lease, header and first rows come before it. What less
 * memory makes of it is reckoned: CPU time is stretched by the share of a CPU, waiting is not. That Lambda may lend
 * more CPU while it loads the code is left out, and so is what it takes to make the sandbox and fetch the code.
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
      'process start to handler, a whole CPU',
      median(starts.map(({ loadedMs }) => loadedMs)),
      'ms',
    ),
    measure(
      'cold-start-first-write',
      'process start to first write, a whole CPU',
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
        `process start to first write, ${memoryMb} MB (${((100 * memoryMb) / FULL_CPU_MB).toFixed(0)}% of a CPU, reckoned)`,
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

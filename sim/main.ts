import { parseArgs } from 'node:util';
import { catchMutant } from './world/catch-mutant.ts';
import { mutants } from './world/mutants.ts';
import { runWorld, type WorldResult } from './world/world.ts';

const USAGE = `Runs the real engine in simulated worlds.

  npm run sim -- --seed 42               one world, with a line for each thing that happens
  npm run sim -- --until 10000           worlds 1 to 10000
  npm run sim -- --seeds 1..300 --json   these worlds, with JSON output
  npm run sim -- --mutants               which world catches which mutant`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    until: { type: 'string' },
    seeds: { type: 'string' },
    mutants: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

if (values.seed !== undefined) await showOne(number(values.seed));
else if (values.until !== undefined) await runMany(1, number(values.until));
else if (values.seeds !== undefined) {
  const [first = '', last = first] = values.seeds.split('..');
  await runMany(number(first), number(last));
} else if (values.mutants) await showMutants();
else console.log(USAGE);

async function showOne(seed: number): Promise<void> {
  const result = await runWorld({ seed, trace: (line) => console.log(line) });
  console.log(describe(result));
  if (result.violation !== null) process.exitCode = 1;
}

async function runMany(first: number, last: number): Promise<void> {
  const startMs = performance.now();
  const failures: WorldResult[] = [];
  let virtualMs = 0;
  let invocations = 0;
  let seeds = 0;
  for (let seed = first; seed <= last; seed++) {
    const result = await runWorld({ seed });
    seeds++;
    virtualMs += result.virtualMs;
    invocations += result.invocations;
    if (result.violation === null) {
      if (!values.json && seeds % 500 === 0) console.log(`${seed}: ${hours(virtualMs)} hours simulated`);
      continue;
    }
    failures.push(result);
    if (!values.json) console.log(describe(result));
  }
  const wallMs = Math.round(performance.now() - startMs);
  if (values.json) console.log(JSON.stringify({ seeds, invocations, virtualMs, wallMs, failures }));
  else
    console.log(
      `${seeds} worlds, ${failures.length} failed; ${invocations} invocations in ${hours(virtualMs)} hours, simulated in ${Math.round(wallMs / 1000)} s`,
    );
  if (failures.length > 0) process.exitCode = 1;
}

async function showMutants(): Promise<void> {
  for (const mutant of mutants) {
    const caught = await catchMutant(mutant, 1000);
    console.log(
      `${mutant.name}: ${caught === null ? 'not caught' : `seed ${caught.seed}, ${caught.violation.invariant}`}`,
    );
    if (caught === null) process.exitCode = 1;
  }
}

function describe({ seed, violation, virtualMs, billedMs, invocations }: WorldResult): string {
  const facts = `${invocations} invocations, ${Math.round(billedMs / 1000)} s billed, in ${hours(virtualMs)} hours`;
  if (violation === null) return `seed ${seed}: all is well (${facts})`;
  return `seed ${seed}: ${violation.invariant}: ${violation.text} (npm run sim -- --seed ${seed})`;
}

function hours(ms: number): string {
  return (ms / 3_600_000).toFixed(1);
}

function number(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`'${text}' is no seed: a whole number is.`);
  return value;
}

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * How long the built function takes to load: the time from asking for `dist/lambda/index.mjs` to having its handler,
 * in a new process each time, with source maps on as in AWS. `--runs N` (15); `--profile DIR` keeps CPU profiles.
 */
const runs = Number(option('--runs') ?? 15);
const profileDir = option('--profile');
const bundle = join(import.meta.dirname, '../dist/lambda/index.mjs');
if (!existsSync(bundle)) throw new Error('There is no dist/lambda/index.mjs. Run `npm run build` first.');

const loadTimes = Array.from({ length: runs }, () => timeImport(pathToFileURL(bundle).href));
const emptyTimes = Array.from({ length: runs }, () => timeImport('data:text/javascript,'));

console.log(`load of the function's bundle, median of ${runs} processes: ${median(loadTimes).toFixed(1)} ms`);
console.log(
  `  fastest ${Math.min(...loadTimes).toFixed(1)} ms, slowest ${Math.max(...loadTimes).toFixed(1)} ms`,
);
console.log(`  an empty module: ${median(emptyTimes).toFixed(1)} ms`);

/** Milliseconds that `import(url)` takes in a process of its own. */
function timeImport(url: string): number {
  const script = `const t = performance.now(); await import(${JSON.stringify(url)}); console.log(performance.now() - t);`;
  const profiling = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
  const output = execFileSync(
    process.execPath,
    ['--enable-source-maps', ...profiling, '--input-type=module', '--eval', script],
    { encoding: 'utf8' },
  );
  return Number(output);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

function option(name: string): string | undefined {
  const index = process.argv.indexOf(name);
  return index < 0 ? undefined : process.argv[index + 1];
}

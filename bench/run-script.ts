import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const execute = promisify(execFile);
const folder = import.meta.dirname;
const root = join(folder, '..');
const interpreters: Record<string, string> = { mjs: process.execPath, py: 'python3', sh: 'bash' };
/** Scripts that are bundled, by their names. */
const bundles = new Map<string, Promise<string>>();

/**
 * Runs a script of this folder (`csv-read.ts`, `peers/boto3_writer.py`) in a separate process, in the root of the
 * repository, and returns the line of JSON that it prints; `flags` are the interpreter's. TypeScript is bundled first, like the
 * function: stripping types at run time would add CPU time for the script with more types. If the script fails, throws what it wrote
 * to stderr.
 */
export async function runScript<T>(
  script: string,
  args: readonly string[],
  flags: readonly string[] = [],
): Promise<T> {
  const path = script.endsWith('.ts') ? await bundled(script) : join(folder, script);
  const interpreter = interpreters[path.slice(path.lastIndexOf('.') + 1)]!;
  const { stdout } = await execute(interpreter, [...flags, path, ...args], { cwd: root });
  return JSON.parse(stdout) as T;
}

function bundled(script: string): Promise<string> {
  const path = bundles.get(script) ?? bundle(script);
  bundles.set(script, path);
  return path;
}

async function bundle(script: string): Promise<string> {
  const outfile = join(root, 'dist/bench', script.replace(/\.ts$/, '.mjs'));
  await build({
    entryPoints: [join(folder, script)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: {
      js: "import{createRequire as benchRequire}from'node:module';const require=benchRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  return outfile;
}

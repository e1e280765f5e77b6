import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const execute = promisify(execFile);
const here = join(import.meta.dirname, '..');
const interpreters: Record<string, string> = { mjs: process.execPath, py: 'python3', sh: 'bash' };
/** Scripts that are bundled, by their paths. */
const bundles = new Map<string, Promise<string>>();

/**
 * Runs a script of this folder (`csv-read.ts`, `peers/boto3_writer.py`) in a separate process, in the root of the
 * repository, and returns the line of JSON that it prints; `flags` are the interpreter's. TypeScript is bundled first, like the
 * function: stripping types at run time would add CPU time for the script with more types. If the script fails, throws what it wrote
 * to stderr. `root` is another checkout, whose script is run in its place.
 */
export async function runScript<T>(
  script: string,
  args: readonly string[],
  flags: readonly string[] = [],
  root = here,
): Promise<T> {
  const path = script.endsWith('.ts') ? await bundled(root, script) : join(root, 'bench', script);
  const interpreter = interpreters[path.slice(path.lastIndexOf('.') + 1)]!;
  const { stdout } = await execute(interpreter, [...flags, path, ...args], { cwd: root });
  return JSON.parse(stdout) as T;
}

function bundled(root: string, script: string): Promise<string> {
  const source = join(root, 'bench', script);
  const path =
    bundles.get(source) ?? bundle(source, join(root, 'dist/bench', script.replace(/\.ts$/, '.mjs')));
  bundles.set(source, path);
  return path;
}

async function bundle(source: string, outfile: string): Promise<string> {
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    // It finds its program beside its own file.
    external: ['esbuild'],
    mainFields: ['module', 'main'],
    banner: {
      js: "import{createRequire as benchRequire}from'node:module';const require=benchRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  return outfile;
}

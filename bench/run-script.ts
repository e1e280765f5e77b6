import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const folder = fileURLToPath(new URL('.', import.meta.url));
const interpreters: Record<string, string> = { ts: process.execPath, py: 'python3', sh: 'bash' };

/**
 * Runs a script of this folder (`csv-read.ts`, `peers/boto3_writer.py`) in a process of its own, in the root of the
 * repository, and answers the line of JSON that it prints; `flags` are the interpreter's. Throws what it wrote to stderr if
 * it fails.
 */
export async function runScript<T>(
  script: string,
  args: readonly string[],
  flags: readonly string[] = [],
): Promise<T> {
  const interpreter = interpreters[script.slice(script.lastIndexOf('.') + 1)]!;
  const { stdout } = await execute(interpreter, [...flags, folder + script, ...args], { cwd: `${folder}..` });
  return JSON.parse(stdout) as T;
}

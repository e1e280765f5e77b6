import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { connect, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A server that stands in for AWS, on 127.0.0.1. Its data live as long as it does. */
export type Engine = { readonly endpoint: string; close(): Promise<void> };

/** How an engine is had: `missing` says which tool this machine lacks for it, and is null where it can be opened. */
export type EngineKind = {
  readonly name: string;
  readonly missing: string | null;
  open(): Promise<Engine>;
};

/** For clients of an engine: none of them checks credentials. */
export const engineCredentials = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
} as const;

/** Why the program cannot be run here, or null. Looks at PATH only. */
export function missingProgram(program: string): string | null {
  return programPath(program) === null ? `${program} is not installed` : null;
}

/** Where PATH has the program, or null. */
export function programPath(program: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find(isExecutable) ?? null;
}

/** Starts a program that serves on the given port, and resolves once it takes connections (30 s at most). */
export async function openProcess(
  program: string,
  argumentsFor: (port: number) => readonly string[],
  options: { cwd?: string } = {},
): Promise<Engine> {
  const port = await freePort();
  const child = spawn(program, argumentsFor(port), { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  const complaints: string[] = [];
  child.stderr.on('data', (text: Buffer) => complaints.push(text.toString()));
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  try {
    await taken(port, child);
  } catch (cause) {
    kill();
    throw new Error(`${program} did not start: ${complaints.join('').slice(-2000)}`, { cause });
  }
  return { endpoint: `http://127.0.0.1:${port}`, close };

  async function close(): Promise<void> {
    process.removeListener('exit', kill);
    if (child.exitCode !== null) return;
    const exited = new Promise((resolve) => {
      child.once('exit', resolve);
    });
    kill();
    await exited;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A port that is free now: some programs must be given a port. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function taken(port: number, child: ChildProcess): Promise<void> {
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  for (let tries = 0; tries < 600; tries++) {
    if (failure !== undefined) throw failure;
    if (child.exitCode !== null) throw new Error(`exit code ${child.exitCode}`);
    if (await connects(port)) return;
    await setTimeout(50);
  }
  throw new Error('nobody listens after 30 s');
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));

    function answer(isOpen: boolean): void {
      socket.destroy();
      resolve(isOpen);
    }
  });
}

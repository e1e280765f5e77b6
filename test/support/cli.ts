import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';

const main = join(import.meta.dirname, '../../src/cli/main.ts');

export type CommandOptions = {
  /** Another copy of the program. */
  readonly main?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What standard input holds. */
  readonly stdin?: string;
};

export type CommandEnding = {
  /** null: ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A `sluice` that runs; killed at the test's end if it still does. */
export type Command = {
  readonly pid: number;
  /** Resolves with all of standard output when the text stands in it. Rejects if the program ends before. */
  printed(text: string): Promise<string>;
  /** As `printed`, of standard error. */
  complained(text: string): Promise<string>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<CommandEnding>;
};

/** Runs the program to its end. */
export function sluice(args: readonly string[], options: CommandOptions = {}): Promise<CommandEnding> {
  return startSluice(args, options).ended;
}

export function startSluice(args: readonly string[], options: CommandOptions = {}): Command {
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', options.main ?? main, ...args],
    {
      cwd: options.cwd,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  // A command that has ended does not read what is left.
  child.stdin.on('error', () => undefined).end(options.stdin ?? '');
  const output = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
      for (const watch of watchers) watch();
    });
  }
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
  onTestFinished(() => void child.kill('SIGKILL'));

  return {
    pid: child.pid!,
    ended,
    signal: (name) => void child.kill(name),
    printed: (text) => seen('stdout', text),
    complained: (text) => seen('stderr', text),
  };

  function seen(stream: keyof typeof output, text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const watch = (): void => {
        if (!output[stream].includes(text)) return;
        watchers.delete(watch);
        resolve(output[stream]);
      };
      watchers.add(watch);
      watch();
      void ended.then(({ code }) =>
        reject(new Error(`ended with ${code} before it printed '${text}': ${output.stdout}${output.stderr}`)),
      );
    });
  }
}

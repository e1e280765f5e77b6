import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { terminalSvg, type TimedLine } from './terminal-svg.ts';

/**
 * Records what a new user sees: `npm start` on an empty folder until the sample is loaded, then `sluice status`. Writes the
 * recording to the file that is named, by default `docs/quickstart.svg`.
 *
 *   npm run recording -- [FILE]
 */
const root = dirname(dirname(import.meta.dirname));
const out = process.argv[2] ?? join(root, 'docs/quickstart.svg');
/** A viewer need not wait as long as a busy machine does. */
const LONGEST_PAUSE_MS = 900;
const PORT = '4566';
/** The stack waits for files from here on. */
const LAST_LINE = /^Ctrl-C/;

const folder = await mkdtemp(join(tmpdir(), 'sluice-recording-'));
const lines: TimedLine[] = [];
let clockMs = 0;
let lastMs = Date.now();

const stack = sluice('dev', '--sample', '--data', join(folder, 'data'), '--port', PORT);
try {
  show('$ npm start', true);
  await collect(stack, (text) => LAST_LINE.test(text));
  show('', false);
  show('$ npm run sluice -- status', true);
  await collect(sluice('status', '--endpoint', `http://127.0.0.1:${PORT}`), () => false);
} finally {
  stack.kill('SIGINT');
  if (stack.exitCode === null) await once(stack, 'exit');
  await rm(folder, { recursive: true, force: true });
}
await writeFile(out, terminalSvg('npm start loads the sample; sluice status shows the import', lines));

function sluice(...options: string[]): ChildProcess {
  const env = { ...process.env, NO_COLOR: '1', COLUMNS: '80' };
  return spawn(join(root, 'bin/sluice'), options, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Takes the command's lines until it ends or the line comes that is the last one. */
async function collect(command: ChildProcess, isLast: (text: string) => boolean): Promise<void> {
  for await (const text of createInterface({ input: command.stdout! })) {
    show(text.replaceAll(folder, '').replaceAll('/data', '.sluice'), false);
    if (isLast(text)) return;
  }
  const code = command.exitCode ?? (await once(command, 'exit'))[0];
  if (code !== 0) throw new Error(`The command ended with ${String(code)}.`);
}

function show(text: string, isCommand: boolean): void {
  const now = Date.now();
  clockMs += Math.min(LONGEST_PAUSE_MS, now - lastMs);
  lastMs = now;
  lines.push({ atMs: clockMs, text, isCommand });
}

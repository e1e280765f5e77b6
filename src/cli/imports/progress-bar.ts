import { Presets, SingleBar } from 'cli-progress';
import type { Clock } from '../../core/ports.ts';
import type { Progress } from '../../engine/loading/progress.ts';
import { duration, number } from './import-summary.ts';
import type { Run } from './load-meter.ts';
import { isErrorTerminal, printError } from '../terminal.ts';

/** Shows the progress of a load on the last line of the terminal. It uses standard error: standard output is for the result. */
export type ProgressBar = {
  update(progress: Progress, run: Run): void;
  /** Another loader's lease holds until then; counts the seconds down. */
  wait(untilMs: number): void;
  stop(): void;
};

/** What the line shows: the share that is done (0 to 1) and a text after the bar, or only a text. */
type Line = { readonly part: number | null; readonly words: string };

const BAR_WIDTH = 24;

/** `label` stands before all that is shown. */
export function progressBar(options: { isShown: boolean; label: string; clock: Clock }): ProgressBar {
  if (!options.isShown) return { update: () => undefined, wait: () => undefined, stop: () => undefined };
  const { clock, label } = options;
  let waitsFromMs: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  const bar = new SingleBar(
    {
      format: (_options, { maxWidth }, line: Line) => lineText(line, maxWidth, label),
      hideCursor: true,
      clearOnComplete: true,
      // A log file gets lines instead of a moving bar.
      noTTYOutput: false,
      stopOnComplete: false,
      // Signals are the command's.
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  bar.start(1, 0, { part: 0, words: progressWords({ rows: 0, rejected: 0, rate: 0, secondsLeft: null }) });
  return { update, wait, stop };

  function update({ share, rowsRead, rowsSettled, rowsRejected }: Progress, run: Run): void {
    clearInterval(timer);
    waitsFromMs = null;
    const rate = run.ms > 0 ? (run.rows / run.ms) * 1000 : 0;
    // What is read and not settled counts as not done yet.
    const part = rowsRead === 0 ? 0 : share * (rowsSettled / rowsRead);
    const secondsLeft = part > 0 && rate > 0 ? (rowsSettled / part - rowsSettled) / rate : null;
    show({ part, words: progressWords({ rows: rowsSettled, rejected: rowsRejected, rate, secondsLeft }) });
  }

  function wait(untilMs: number): void {
    clearInterval(timer);
    const isFirst = waitsFromMs === null;
    const fromMs = (waitsFromMs ??= clock.now());
    const words = (): string => waitWords(clock.now(), { isFirst, fromMs, untilMs });
    if (isErrorTerminal()) {
      timer = setInterval(() => show({ part: null, words: words() }), 1000);
      show({ part: null, words: words() });
    } else if (isFirst) printError(label + words());
  }

  function show(line: Line): void {
    bar.update(line.part ?? 0, line);
  }

  function stop(): void {
    clearInterval(timer);
    bar.stop();
  }
}

/** Under `width` columns for usual numbers: the bar takes what the words leave. cli-progress cuts off the last column. */
export function lineText({ part, words }: Line, width: number, label: string): string {
  if (part === null) return label + words;
  const text = ` ${Math.floor(part * 100)}% · ${words}`;
  const barWidth = Math.min(BAR_WIDTH, Math.max(0, width - 1 - label.length - text.length));
  const done = Math.round(part * barWidth);
  return `${label}${'█'.repeat(done)}${'░'.repeat(barWidth - done)}${text}`;
}

function progressWords(now: {
  rows: number;
  rejected: number;
  rate: number;
  secondsLeft: number | null;
}): string {
  const { rows, rejected, rate, secondsLeft } = now;
  const left = secondsLeft === null ? '…' : duration(secondsLeft * 1000);
  return `${number(rows)} rows · ${number(Math.round(rate))} rows/s · ${number(rejected)} rejected · ${left} left`;
}

/** A loader that renews its lease is alive. One that does not was killed, or its machine has lost the network. */
export function waitWords(
  nowMs: number,
  { isFirst, fromMs, untilMs }: { isFirst: boolean; fromMs: number; untilMs: number },
): string {
  const leftMs = Math.max(0, Math.ceil((untilMs - nowMs) / 1000) * 1000);
  return isFirst
    ? `another process is loading this file, or was killed; waiting: ${duration(leftMs)}`
    : `another process is loading this file: waiting for it, ${duration(nowMs - fromMs)} so far`;
}

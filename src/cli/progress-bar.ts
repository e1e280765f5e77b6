import { Presets, SingleBar } from 'cli-progress';
import type { Clock } from '../core/ports.ts';
import type { Progress } from '../engine/chunk-loader.ts';
import { number } from './import-summary.ts';
import { printError } from './terminal.ts';

/** A load's progress on the terminal's last line; on standard error, so that standard output stays the result's. */
export type ProgressBar = {
  update(progress: Progress): void;
  /** A sentence above the bar. */
  note(text: string): void;
  stop(): void;
};

export function progressBar(options: { isShown: boolean; clock: Clock }): ProgressBar {
  if (!options.isShown) return { update: () => undefined, note: () => undefined, stop: () => undefined };
  const { clock } = options;
  const startMs = clock.monotonic();
  let firstSettled: number | null = null;
  const bar = new SingleBar(
    {
      format: '{bar} {percent} · {rows} rows · {rate} rows/s · {rejected} rejected · {left} left',
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      // What a log file gets instead of a moving line.
      noTTYOutput: false,
      stopOnComplete: false,
    },
    Presets.shades_classic,
  );
  bar.start(1, 0, { percent: '0%', rows: '0', rate: '0', rejected: '0', left: '…' });
  return { update, note: printError, stop: () => bar.stop() };

  function update({ share, rowsRead, rowsSettled, rowsRejected }: Progress): void {
    firstSettled ??= rowsSettled;
    const seconds = (clock.monotonic() - startMs) / 1000;
    const rate = seconds > 0 ? (rowsSettled - firstSettled) / seconds : 0;
    // What is read and not settled counts as not done yet.
    const part = rowsRead === 0 ? 0 : share * (rowsSettled / rowsRead);
    const rowsLeft = part > 0 ? rowsSettled / part - rowsSettled : Number.NaN;
    bar.update(part, {
      percent: `${Math.floor(part * 100)}%`,
      rows: number(rowsSettled),
      rate: number(Math.round(rate)),
      rejected: number(rowsRejected),
      left: rate > 0 && Number.isFinite(rowsLeft) ? duration(rowsLeft / rate) : '…',
    });
  }
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

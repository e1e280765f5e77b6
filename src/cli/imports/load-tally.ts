import { addCounts, type Counts, noCounts } from '../../core/imports/counts.ts';
import { hasEnded } from '../../core/imports/import.ts';
import { EXIT, exitCode } from '../exit-code.ts';
import type { LoadedFile } from './file-loader.ts';
import { countsLine, number } from './import-summary.ts';

/** What became of the files of a command; each is in one of the counts but `named`. */
export type LoadTally = {
  readonly named: number;
  readonly done: number;
  readonly doneWithRejects: number;
  /** Also those that were superseded, or whose load could not begin. */
  readonly failed: number;
  readonly interrupted: number;
  readonly notBegun: number;
  /** Of all their rows and items. */
  readonly counts: Counts;
};

export function emptyTally(named: number): LoadTally {
  return { named, done: 0, doneWithRejects: 0, failed: 0, interrupted: 0, notBegun: named, counts: noCounts };
}

/** null: the load of the file could not begin. */
export function tallied(tally: LoadTally, loaded: LoadedFile | null): LoadTally {
  const outcome = outcomeOf(loaded);
  return {
    ...tally,
    [outcome]: tally[outcome] + 1,
    notBegun: tally.notBegun - 1,
    counts: loaded === null ? tally.counts : addCounts(tally.counts, loaded.settled),
  };
}

function outcomeOf(loaded: LoadedFile | null): 'done' | 'doneWithRejects' | 'failed' | 'interrupted' {
  if (loaded === null) return 'failed';
  if (!hasEnded(loaded.record.status)) return 'interrupted';
  const code = exitCode(loaded.record);
  if (code === EXIT.failed) return 'failed';
  return code === EXIT.doneWithRejects ? 'doneWithRejects' : 'done';
}

/** The exit code of a command that was not interrupted: of its worst file. */
export function tallyExitCode({ failed, doneWithRejects }: LoadTally): number {
  if (failed > 0) return EXIT.failed;
  return doneWithRejects > 0 ? EXIT.doneWithRejects : EXIT.done;
}

/** `3 files: 2 done, 1 failed`, and their counts. */
export function tallyText(tally: LoadTally): readonly string[] {
  const { named, done, doneWithRejects, failed, interrupted, notBegun, counts } = tally;
  const parts = [
    [done, 'done'],
    [doneWithRejects, 'done with rejected rows'],
    [failed, 'failed'],
    [interrupted, 'stopped'],
    [notBegun, 'not begun'],
  ] as const;
  const shown = parts.filter(([files]) => files > 0).map(([files, what]) => `${number(files)} ${what}`);
  return [`${number(named)} files: ${shown.join(', ')}`, `  ${countsLine({ counts })}`];
}

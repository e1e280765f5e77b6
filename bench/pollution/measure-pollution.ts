import { type LoadedFile, loadPolluted } from './load-polluted.ts';
import { type PollutedFile, pollutedFiles } from './polluted-files.ts';
import { measures, normalized, sumOf } from './score.ts';

export type PollutionLine = {
  readonly family: string;
  readonly files: number;
  /** The mean of the files: at most 10. One for a load that ends, and precision, recall and F1 of the header's names, the rows and the cells. */
  readonly score: number;
  /** Rows that were stored although the file does not have them: with its options, and with the default format. */
  readonly wrongRows: number;
  readonly wrongByDefault: number;
};

/** What a dataset declares whose format is the default: cells that have no number's text reject the row. */
const TYPED = { id: { type: 'number' }, quantity: { type: 'number', optional: true } };
const LEAST_SCORE = 9.9;

/** Loads the polluted files that are wanted, each twice. `worst`: names of the files with a low score. */
export async function measurePollution(
  isWanted: (file: PollutedFile) => boolean,
): Promise<{ lines: readonly PollutionLine[]; all: PollutionLine; worst: readonly string[] }> {
  const lines = new Map<string, PollutionLine>();
  const worst: string[] = [];
  for (const file of pollutedFiles()) {
    if (!isWanted(file)) continue;
    const loaded = await loadPolluted(file.body, file.format, {});
    const byDefault = await loadPolluted(file.body, {}, TYPED);
    const score = scoreOf(file, loaded);
    if (score < LEAST_SCORE) worst.push(`${file.family}, ${file.name}: ${score.toFixed(3)}`);
    const line = {
      family: file.family,
      files: 1,
      score,
      wrongRows: wrongRows(file, loaded),
      wrongByDefault: wrongRows(file, byDefault),
    };
    const before = lines.get(file.family);
    lines.set(file.family, before === undefined ? line : joined([before, line], file.family));
  }
  return { lines: [...lines.values()], all: joined([...lines.values()], 'all'), worst };
}

function joined(lines: readonly PollutionLine[], family: string): PollutionLine {
  const sum = (of: (line: PollutionLine) => number): number =>
    lines.reduce((total, line) => total + of(line), 0);
  const files = sum((line) => line.files);
  return {
    family,
    files,
    score: sum((line) => line.score * line.files) / files,
    wrongRows: sum((line) => line.wrongRows),
    wrongByDefault: sum((line) => line.wrongByDefault),
  };
}

function scoreOf(file: PollutedFile, loaded: LoadedFile): number {
  if (!loaded.isDone) return 0;
  return (
    1 +
    sumOf(measures(file.header, loaded.header)) +
    sumOf(measures(file.rows.map(rowText), loaded.rows.map(rowText))) +
    sumOf(measures(file.rows.flat().map(normalized), loaded.rows.flat().map(normalized)))
  );
}

function wrongRows(file: PollutedFile, { rows }: LoadedFile): number {
  const expected = new Set(file.rows.map(rowText));
  return rows.filter((row) => !expected.has(rowText(row))).length;
}

function rowText(cells: readonly string[]): string {
  return JSON.stringify(cells.map(normalized));
}

import { rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { runLoads } from './load-runs.ts';
import { type Measure, measure, median } from './measure.ts';
import { generatePeople } from './people.ts';

export type PeakRssOptions = {
  /** Size of the file whose load is measured, and of one that is larger (null: none). */
  readonly fileBytes: number;
  readonly largeFileBytes: number | null;
  readonly rounds: number;
  readonly largeRounds: number;
};

/** `people` without extras. */
const ROW_BYTES = 97;
const TARGET_MB = 160;
const GROWTH = 1.1;

/** The most memory that the loader's process holds, and whether a larger file makes it more. */
export async function measurePeakRss(
  options: PeakRssOptions,
  folder: string,
  tell: (line: string) => void,
): Promise<readonly Measure[]> {
  const { fileBytes, largeFileBytes } = options;
  const peak = await peakMegabytes(fileBytes, options.rounds, folder, tell);
  const measures = [
    measure('peak-rss', `peak RSS, ${gigabytes(fileBytes)} file`, peak, 'MB', { atMost: TARGET_MB }),
  ];
  if (largeFileBytes === null) return measures;
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < 1.1 * largeFileBytes) {
    tell(
      `peak RSS of a ${gigabytes(largeFileBytes)} file is left out: ${folder} has no room for it. Set TMPDIR to a folder that has.`,
    );
    return measures;
  }
  const largePeak = await peakMegabytes(largeFileBytes, options.largeRounds, folder, tell);
  const description = `peak RSS, ${gigabytes(largeFileBytes)} file to ${gigabytes(fileBytes)}`;
  return [...measures, measure('peak-rss-growth', description, largePeak / peak, '×', { atMost: GROWTH })];
}

async function peakMegabytes(
  fileBytes: number,
  rounds: number,
  folder: string,
  tell: (line: string) => void,
): Promise<number> {
  const rows = Math.ceil(fileBytes / ROW_BYTES);
  const file = join(folder, 'peak-rss.csv');
  await generatePeople(file, { rows });
  const name = `Sluice, ${gigabytes(fileBytes)}`;
  const [runs] = await runLoads([{ name, script: 'engine-load.ts', file, rows, endpoint: {} }], rounds, tell);
  await rm(file);
  return median(runs!.map(({ peakRssBytes }) => peakRssBytes! / 1e6));
}

function gigabytes(bytes: number): string {
  return `${Number((bytes / 1e9).toPrecision(2))} GB`;
}

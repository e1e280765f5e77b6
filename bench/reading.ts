import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Measure, measure, median } from './measure.ts';
import { generatePeople, type PeopleOptions } from './people.ts';
import { runScript } from './run-script.ts';
import type { Usage } from './usage.ts';

/** Bytes a CPU-second of each reader, in the order of `READERS`. */
export type ReadingLine = { readonly reader: string; readonly megabytesPerCpuSecond: readonly number[] };

export type Reading = {
  readonly measures: readonly Measure[];
  /** The columns of the lines. */
  readonly files: readonly string[];
  readonly lines: readonly ReadingLine[];
};

const READERS = ['sluice', 'sluice-strings', 'udsv', 'papaparse'] as const;
const FILES: readonly { name: string; shape: Omit<PeopleOptions, 'rows'> }[] = [
  { name: 'plain', shape: {} },
  { name: 'quoted', shape: { quotes: 0.2, newlines: 0.1, unicode: 0.3 } },
];

/**
 * CSV reading alone: every field of the same file, read in turns by us and by the fastest readers there are. Throws if the
 * readers' answers differ in any field.
 */
export async function measureReading(
  options: { rounds: number; rows: number },
  folder: string,
  tell: (line: string) => void,
): Promise<Reading> {
  const measures: Measure[] = [];
  const speeds: number[][] = READERS.map(() => []);
  for (const { name, shape } of FILES) {
    const file = join(folder, `reading-${name}.csv`);
    const bytes = await generatePeople(file, { ...shape, rows: options.rows });
    await compareAnswers(file);
    const seconds = await readInTurns(file, options.rounds);
    for (const [reader, each] of seconds.entries()) speeds[reader]!.push(bytes / 1e6 / median(each));
    const [ours, , udsv, papaparse] = seconds as [number[], number[], number[], number[]];
    const times = (theirs: number[]): number => median(theirs.map((each, round) => each / ours[round]!));
    measures.push(
      measure(
        `reading-${name}-times-udsv`,
        `CSV reading alone, ${name} file, relative to uDSV`,
        times(udsv),
        '×',
        {
          atLeast: 1,
        },
      ),
      measure(
        `reading-${name}-times-papaparse`,
        `CSV reading alone, ${name} file, relative to papaparse`,
        times(papaparse),
        '×',
        { atLeast: 1 },
      ),
    );
    await rm(file);
    tell(`reading the ${name} file: the readers agree on every field`);
  }
  const lines = READERS.map((reader, index) => ({ reader, megabytesPerCpuSecond: speeds[index]! }));
  return { measures, files: FILES.map(({ name }) => name), lines };
}

/** CPU seconds by reader and round. */
async function readInTurns(file: string, rounds: number): Promise<number[][]> {
  const seconds: number[][] = READERS.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, reader] of READERS.entries()) {
      const { cpuSeconds } = await runScript<Usage>('csv-read.ts', [file, reader]);
      seconds[index]!.push(cpuSeconds);
    }
  }
  return seconds;
}

async function compareAnswers(file: string): Promise<void> {
  const answers = new Map<string, string[]>();
  for (const reader of READERS) {
    const answer = JSON.stringify(await runScript('csv-read.ts', [file, reader, '--digest']));
    answers.set(answer, [...(answers.get(answer) ?? []), reader]);
  }
  if (answers.size > 1)
    throw new Error(`The readers do not agree on ${file}: ${JSON.stringify([...answers])}`);
}

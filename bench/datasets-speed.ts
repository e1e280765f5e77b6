import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readDatasetFolder } from '../src/node/dataset-folder.ts';
import { type Contender, medianRatio, medianRun, runLoads } from './load-runs.ts';
import { type Measure, measure } from './measure.ts';
import { peopleText } from './people.ts';
import { accentedText, keptRows, richText, wideText } from './rich.ts';
import { writePieces } from './text-file.ts';

export type DatasetsSpeedOptions = {
  readonly rounds: number;
  /** Of the files whose items go in batches, of those whose items need a request each, and of the wide file. */
  readonly rows: number;
  readonly singleRows: number;
  readonly wideRows: number;
};

const RICH = ['rich', 'rich-transform', 'two-items'] as const;
const MODES = ['insert', 'newer-by', 'merge'] as const;
const ENCODINGS = ['windows-1252', 'utf-16'] as const;

/** A contender for each document of `bench/datasets`, and what each must reach. */
export async function measureDatasets(
  options: DatasetsSpeedOptions,
  folder: string,
  tell: (line: string) => void,
): Promise<readonly Measure[]> {
  const files = await writeFiles(options, folder);
  const resolved = await writeDatasets(folder);
  const contenders = contendersOf(options, files, resolved);
  const runs = await runLoads([...contenders.values()], options.rounds, tell);
  for (const file of [...Object.values(files), ...resolved.values()]) await rm(file);
  const runsOf = (name: string) => runs[[...contenders.keys()].indexOf(name)]!;
  const speed = (name: string) => medianRun(runsOf(name)).rowsPerCpuSecond;
  const share = (name: string, other: string) => 100 * medianRatio(runsOf(name), runsOf(other));
  const speedMeasure = (name: string, description: string, atLeast: number | null) =>
    measure(
      `rows-per-cpu-second-${name}`,
      description,
      speed(name),
      'rows/CPU-s',
      atLeast === null ? null : { atLeast },
    );
  return [
    speedMeasure('rich', 'whole load, rich file', 200_000),
    speedMeasure('rich-transform', 'whole load, rich file with a transform', 60_000),
    speedMeasure('two-items', 'whole load, rich file, two items a row', 100_000),
    measure('share-rich', 'rich file, to the people file', share('rich', 'people'), '%'),
    ...MODES.flatMap((mode) => [
      speedMeasure(mode, `whole load, people file, ${mode}`, 30_000),
      measure(
        `peak-rss-${mode}`,
        `peak RSS, people file, ${mode}`,
        medianRun(runsOf(mode)).peakRssBytes! / 1e6,
        'MB',
      ),
    ]),
    measure('share-windows-1252', 'windows-1252, to UTF-8', share('windows-1252', 'utf-8'), '%', {
      atLeast: 80,
    }),
    measure('share-utf-16', 'UTF-16, to UTF-8', share('utf-16', 'utf-8'), '%', { atLeast: 50 }),
    speedMeasure('wide', 'whole load, 300 columns, half of them empty', null),
    speedMeasure('csv-parse', 'csv-parse alone, the same file: objects of strings', null),
  ];
}

type Files = Readonly<
  Record<'people' | 'single' | 'rich' | 'utf-8' | 'windows-1252' | 'utf-16' | 'wide', string>
>;

async function writeFiles(options: DatasetsSpeedOptions, folder: string): Promise<Files> {
  const { rows, singleRows, wideRows } = options;
  const write = async (name: string, pieces: Iterable<string>, encoding?: BufferEncoding) => {
    const path = join(folder, `datasets-${name}.csv`);
    await writePieces(path, pieces, encoding);
    return path;
  };
  return {
    people: await write('people', peopleText({ rows })),
    single: await write('single', peopleText({ rows: singleRows })),
    rich: await write('rich', richText(rows)),
    'utf-8': await write('utf-8', accentedText(rows)),
    'windows-1252': await write('windows-1252', accentedText(rows), 'latin1'),
    'utf-16': await write('utf-16', accentedText(rows), 'utf16le'),
    wide: await write('wide', wideText(wideRows)),
  };
}

/** The files of the resolved datasets, by name: a loader gets its dataset as the function does. */
async function writeDatasets(folder: string): Promise<ReadonlyMap<string, string>> {
  const { datasets } = await readDatasetFolder(join(import.meta.dirname, 'datasets'));
  const paths = new Map<string, string>();
  for (const dataset of datasets) {
    const path = join(folder, `datasets-${dataset.name}.json`);
    await writeFile(path, JSON.stringify(dataset));
    paths.set(dataset.name, path);
  }
  return paths;
}

function contendersOf(
  options: DatasetsSpeedOptions,
  files: Files,
  resolved: ReadonlyMap<string, string>,
): ReadonlyMap<string, Contender> {
  const { rows, singleRows, wideRows } = options;
  const kept = keptRows(rows);
  const load = (name: string, file: string, size: number, items = size): [string, Contender] => {
    const dataset = resolved.get(name);
    const contender = { name, script: 'engine-load.ts', file, rows: size, items, endpoint: {} };
    return [name, dataset === undefined ? contender : { ...contender, dataset }];
  };
  return new Map([
    load('people', files.people, rows),
    ...RICH.map((name) => load(name, files.rich, rows, name === 'two-items' ? 2 * kept : kept)),
    ...MODES.map((name) => load(name, files.single, singleRows)),
    load('utf-8', files['utf-8'], rows),
    ...ENCODINGS.map((name) => load(name, files[name], rows)),
    load('wide', files.wide, wideRows),
    [
      'csv-parse',
      {
        name: 'csv-parse',
        script: 'peers/csv-parse.ts',
        file: files.wide,
        rows: wideRows,
        items: 0,
        endpoint: {},
      },
    ],
  ]);
}

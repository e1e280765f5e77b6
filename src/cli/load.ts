import { resolve } from 'node:path';
import { consequenceOf, SluiceError } from '../core/errors.ts';
import { hasEnded } from '../core/imports/import.ts';
import { readDatasetFolder } from '../node/dataset-folder.ts';
import { datasetNamed } from './dataset-named.ts';
import { type LoadedFile, type LoaderOptions, openFileLoader } from './imports/file-loader.ts';
import { importNotes } from './imports/import-notes.ts';
import { countsLine, endingLine, number } from './imports/import-summary.ts';
import { emptyTally, type LoadTally, tallied, tallyExitCode, tallyText } from './imports/load-tally.ts';
import { type Input, isStandardInput, openInputs } from './inputs.ts';
import { type InterruptSignal, interruptedCode } from './interrupt.ts';
import { print, printError, printJson } from './terminal.ts';

type LoadOptions = LoaderOptions & { readonly dataset: string; readonly datasets: string };

/** What became of a file: its import, or why its load could not begin. */
type Outcome = { readonly input: Input } & (
  | { readonly loaded: LoadedFile; readonly error: null }
  | { readonly loaded: null; readonly error: SluiceError }
);

/**
 * Loads files into a dataset's table, one after another, and prints how each ended. A file that fails does not keep the next ones
 * from being loaded.
 */
export async function load(paths: readonly string[], options: LoadOptions): Promise<void> {
  const { datasets } = await readDatasetFolder(options.datasets);
  const dataset = datasetNamed(datasets, options.dataset, options.datasets);
  const { inputs, close } = await openInputs(paths, options);
  const files: object[] = [];
  let tally = emptyTally(inputs.length);
  let interruptedBy: InterruptSignal | null = null;
  try {
    const loader = await openFileLoader(dataset, options);
    try {
      for (const [index, input] of inputs.entries()) {
        if (loader.interrupt.stop.aborted) break;
        const label = inputs.length === 1 ? '' : `${index + 1}/${inputs.length} `;
        const outcome = await outcomeOf(input, () => loader.load(input, label));
        if (outcome.error !== null && inputs.length === 1) throw outcome.error;
        tally = tallied(tally, outcome.loaded);
        if (options.json) files.push(plainOutcome(outcome));
        else printOutcome(outcome);
        // The deployment is at fault, not the file: no other one would be loaded.
        if (outcome.error !== null && consequenceOf(outcome.error.code) === 'retried') break;
      }
      interruptedBy = loader.interrupt.by;
    } finally {
      await loader.close();
    }
  } finally {
    await close();
  }
  if (options.json) printJson({ files, total: tally });
  else if (inputs.length > 1) tallyText(tally).forEach(print);
  process.exitCode = exitCodeOf(tally, interruptedBy);
}

async function outcomeOf(input: Input, load: () => Promise<LoadedFile>): Promise<Outcome> {
  try {
    return { input, loaded: await load(), error: null };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { input, loaded: null, error };
  }
}

function exitCodeOf(tally: LoadTally, interruptedBy: InterruptSignal | null): number {
  const isCut = tally.interrupted + tally.notBegun > 0;
  return interruptedBy !== null && isCut ? interruptedCode(interruptedBy) : tallyExitCode(tally);
}

function plainOutcome({ input, loaded, error }: Outcome): object {
  const file = input.name;
  if (error !== null) {
    const { code, message } = error;
    return { file, error: { code, message }, import: null, rejects: [], report: null };
  }
  const { record, faults, repaired, rejects, report } = loaded;
  return { file, error: null, import: { ...record, faults, repaired }, rejects, report };
}

function printOutcome({ input, loaded, error }: Outcome): void {
  if (error !== null) printError(`${input.name}: ${error.message} (${error.code})`);
  else printEnding(input, loaded);
}

function printEnding(input: Input, { record, settled, faults, run, rejects, report }: LoadedFile): void {
  // A person cannot look up how much came through a pipe.
  const size = isStandardInput(input) ? ` (${number(input.object.sizeBytes)} bytes)` : '';
  const ended = hasEnded(record.status);
  print(
    `${input.name}${size}: ${ended ? endingLine(record, run) : `stopped after ${number(settled.read)} rows`}`,
  );
  print(`  ${countsLine({ counts: settled })}`);
  if (!ended) print('  The same command resumes from there.');
  for (const [what, text] of importNotes({ ...record, faults })) print(`  ${what}: ${text}`);
  for (const path of rejects) print(`  rejected rows, with reasons: ${resolve(path)}`);
  if (report !== null) print(`  report: ${resolve(report)}`);
}

import { SluiceError } from '../core/errors.ts';
import { type CheckReport, check as checkFile } from '../engine/check/check.ts';
import { readDatasetFolder } from '../node/dataset-folder.ts';
import { openDiskSpill } from '../node/disk-spill.ts';
import { wallClock } from '../node/wall-clock.ts';
import { checkText } from './check-text.ts';
import { datasetNamed } from './dataset-named.ts';
import type { DeploymentOptions } from './deployment.ts';
import { EXIT } from './exit-code.ts';
import { number } from './imports/import-summary.ts';
import { openInputs } from './inputs.ts';
import { print, printJson, terminalWidth } from './terminal.ts';

type CheckOptions = DeploymentOptions & {
  dataset: string;
  datasets: string;
  sample?: string;
  json: boolean;
};

/** All files together. */
type Total = {
  readonly files: number;
  /** Files that cannot be loaded. */
  readonly failed: number;
  readonly read: number;
  readonly loaded: number;
  readonly skipped: number;
  readonly rejected: number;
};

/** Checks the files, prints a report of each, and the total of several. */
export async function check(paths: readonly string[], options: CheckOptions): Promise<void> {
  const sampleRows = options.sample === undefined ? {} : { sampleRows: rowCount(options.sample) };
  const { datasets } = await readDatasetFolder(options.datasets);
  const dataset = datasetNamed(datasets, options.dataset, options.datasets);
  const { inputs, close } = await openInputs(paths, options);
  const reports: CheckReport[] = [];
  let total: Total = { files: 0, failed: 0, read: 0, loaded: 0, skipped: 0, rejected: 0 };
  try {
    for (const input of inputs) {
      const report = await checkFile(dataset, input, {
        clock: wallClock(),
        openSpill: openDiskSpill,
        ...sampleRows,
      });
      total = added(total, report);
      if (options.json) reports.push(report);
      else checkText(report, terminalWidth()).forEach(print);
    }
  } finally {
    await close();
  }
  if (options.json) printJson({ files: reports, total });
  else if (total.files > 1) print(totalLine(total));
  process.exitCode = exitCode(total);
}

function added(total: Total, { rows, failure }: CheckReport): Total {
  return {
    files: total.files + 1,
    failed: total.failed + (failure === null ? 0 : 1),
    read: total.read + rows.read,
    loaded: total.loaded + rows.loaded,
    skipped: total.skipped + rows.skipped,
    rejected: total.rejected + rows.rejected,
  };
}

function totalLine({ files, failed, read, loaded, skipped, rejected }: Total): string {
  const cannot = failed === 0 ? '' : `, ${number(failed)} cannot be loaded`;
  return `${number(files)} files${cannot}: ${number(read)} rows read: ${number(loaded)} loaded, ${number(skipped)} skipped, ${number(rejected)} rejected`;
}

function exitCode({ failed, rejected }: Total): number {
  if (failed > 0) return EXIT.failed;
  return rejected > 0 ? EXIT.doneWithRejects : EXIT.done;
}

function rowCount(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new SluiceError(
    'configuration-invalid',
    `--sample must be a number of rows, such as 10000, not '${text}'.`,
  );
}

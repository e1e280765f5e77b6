import type { Counts } from './counts.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { SluiceError } from '../errors.ts';

/** A share of a few rows says little: `max_reject_ratio` is judged from so many rows on, and at the end of a file from so many. */
const RATIO_FROM_ROWS = 1000;
const RATIO_FROM_ROWS_AT_END = 20;

/** While an import is loaded: `too-many-rejects` where its counts are beyond what its dataset allows; null where they are not. */
export function rejectLimit(dataset: Dataset, counts: Counts): SluiceError | null {
  return tooMany(dataset, counts, RATIO_FROM_ROWS);
}

/** At its end: `nothing-loaded` where rows were rejected and none was loaded, or `too-many-rejects`; null where it is done. */
export function rejectVerdict(dataset: Dataset | null, counts: Counts): SluiceError | null {
  const { loaded, rejected, written, deleted, kept } = counts;
  // A row that is superseded by a refused one is loaded, but nothing of it reached the table.
  const isNothing = loaded === 0 || written + deleted + kept === 0;
  if (isNothing && rejected > 0) {
    return new SluiceError(
      'nothing-loaded',
      `No row was loaded: ${rejected === 1 ? 'the one row was' : `${loaded === 0 ? 'all ' : ''}${rejected} rows were`} rejected. ` +
        'The reject files contain the reasons. Fix the file or the dataset, and upload the file again.',
      { data: { rejected } },
    );
  }
  return dataset === null ? null : tooMany(dataset, counts, RATIO_FROM_ROWS_AT_END);
}

/** The dataset for a reject file that is loaded again: a share of rows that were all rejected before says nothing of the feed. */
export function forRepair(dataset: Dataset): Dataset {
  return { ...dataset, load: { ...dataset.load, max_reject_ratio: 1 } };
}

/** Whether any number of rejects can be too many. */
export function hasRejectLimit({ load }: Dataset): boolean {
  return load.max_rejects !== undefined || load.max_reject_ratio < 1;
}

/** Rows that are skipped say nothing about the others. */
function tooMany(
  dataset: Dataset,
  { read, rejected, skipped }: Counts,
  fromRows: number,
): SluiceError | null {
  const { max_rejects: most, max_reject_ratio: ratio } = dataset.load;
  const rows = read - skipped;
  if (most !== undefined && rejected > most) return error(`load.max_rejects is ${most}`);
  if (rows >= fromRows && rejected > ratio * rows) return error(`load.max_reject_ratio is ${ratio}`);
  return null;

  function error(limit: string): SluiceError {
    return new SluiceError(
      'too-many-rejects',
      `${rejected} of the first ${rows} rows were rejected, and ${limit} in dataset '${dataset.name}'. ` +
        'The reject files contain the reasons. Fix the file or the dataset, and upload the file again.',
      { data: { dataset: dataset.name, read, rejected, max_rejects: most, max_reject_ratio: ratio } },
    );
  }
}

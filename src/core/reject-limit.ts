import type { Counts } from './counts.ts';
import type { Dataset } from './dataset.ts';
import { SluiceError } from './errors.ts';

/** A share of a few rows says little: `max_reject_ratio` counts from so many rows on. */
const RATIO_FROM_ROWS = 1000;

/** The error `too-many-rejects` where an import's counts are beyond what its dataset allows; null where they are not. */
export function rejectLimit(dataset: Dataset, { read, rejected }: Counts): SluiceError | null {
  const { max_rejects: most, max_reject_ratio: ratio } = dataset.load;
  if (most !== undefined && rejected > most) return tooMany(`load.max_rejects is ${most}`);
  if (ratio !== undefined && read >= RATIO_FROM_ROWS && rejected > ratio * read) {
    return tooMany(`load.max_reject_ratio is ${ratio}`);
  }
  return null;

  function tooMany(limit: string): SluiceError {
    return new SluiceError(
      'too-many-rejects',
      `${rejected} of the first ${read} rows were rejected, and ${limit} in dataset '${dataset.name}'. ` +
        'The reject files say why. Mend the file or the dataset, and drop the file again.',
      { data: { dataset: dataset.name, read, rejected, max_rejects: most, max_reject_ratio: ratio } },
    );
  }
}

/** Whether the dataset has a limit at all. */
export function hasRejectLimit({ load }: Dataset): boolean {
  return load.max_rejects !== undefined || load.max_reject_ratio !== undefined;
}

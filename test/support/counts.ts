import { type Counts, noCounts } from '../../src/core/imports/counts.ts';

/**
 * The counts of rows with one plain put each: what is not given is 0. `refused`: those of the rejected rows that the table has refused.
 * The skipped rows are blank.
 */
export function putCounts(given: {
  read: number;
  written: number;
  rejected?: number;
  superseded?: number;
  skipped?: number;
  refused?: number;
}): Counts {
  const { read, written, rejected = 0, superseded = 0, skipped = 0, refused = 0 } = given;
  const loaded = written + superseded;
  return {
    ...noCounts,
    read,
    loaded,
    skipped,
    rejected,
    blank: skipped,
    made: loaded + refused,
    written,
    superseded,
    refused,
  };
}

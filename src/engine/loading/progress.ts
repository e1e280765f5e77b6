import type { Counts } from '../../core/imports/counts.ts';
import type { Intake } from '../../core/intake.ts';
import type { Lanes } from '../../core/lanes/lanes.ts';

/** How far the load of a chunk has come. */
export type Progress = {
  /** Offset up to which the file is read. */
  readonly readBytes: number;
  /** The part of the whole file that is read, 0 to 1. For a compressed file it is an estimate. */
  readonly share: number;
  /** Rows of the chunk that are read, that are settled or rejected, and that are rejected. */
  readonly rowsRead: number;
  readonly rowsSettled: number;
  readonly rowsRejected: number;
  /** Units a second that the flow control allows; null while the table has not held back. */
  readonly rate: number | null;
};

/** `counts`: those of the checkpoint from which the chunk was read. */
export function progressOf(given: {
  counts: Counts;
  readBytes: number;
  share: number;
  intake: Intake;
  lanes: Lanes;
  rate: number;
}): Progress {
  const { counts, readBytes, share, intake, lanes, rate } = given;
  const unsettled = lanes.waiting.items + lanes.inFlight.items;
  return {
    readBytes,
    share,
    rowsRead: counts.read + intake.rows,
    // Of a row with several items, some may be settled.
    rowsSettled: counts.read + intake.rows - Math.ceil(unsettled / Math.max(1, intake.itemsPerRow)),
    rowsRejected: counts.rejected + intake.rejects,
    rate: rate === Infinity ? null : rate,
  };
}

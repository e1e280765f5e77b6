/** What became of the rows of a byte range. Every number is a count of records; the header is none. */
export type Counts = {
  readonly read: number;
  readonly written: number;
  readonly rejected: number;
  readonly superseded: number;
  readonly skipped: number;
};

export const noCounts: Counts = { read: 0, written: 0, rejected: 0, superseded: 0, skipped: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    read: a.read + b.read,
    written: a.written + b.written,
    rejected: a.rejected + b.rejected,
    superseded: a.superseded + b.superseded,
    skipped: a.skipped + b.skipped,
  };
}

/** The first promise: `rows read = written + rejected + superseded + skipped`. */
export function countsBalance(counts: Counts): boolean {
  return counts.read === counts.written + counts.rejected + counts.superseded + counts.skipped;
}

/** Four counts the same? Used where a repeated step must not have changed what was counted. */
export function sameCounts(a: Counts, b: Counts): boolean {
  return (
    a.read === b.read &&
    a.written === b.written &&
    a.rejected === b.rejected &&
    a.superseded === b.superseded &&
    a.skipped === b.skipped
  );
}

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

/**
 * Where a search puts what does not fit into memory: runs of bytes, by number. All calls are synchronous, because the searches are. What
 * was spilled is gone when the process ends, however it ends.
 */
export type Spill = {
  /** Appends a block of at most SPILL_BLOCK_BYTES to a run. The bytes are copied. Throws `spill-failed`. */
  append(run: number, block: Uint8Array): void;
  /** The blocks of a run, as they were appended. Each is valid until the next. Throws `spill-failed`. */
  read(run: number): Iterable<Uint8Array>;
  /** The run is not read again, and others may take its place. */
  remove(run: number): void;
  /** Removes everything. */
  close(): void;
};

export const SPILL_BLOCK_BYTES = 48 * 1024;

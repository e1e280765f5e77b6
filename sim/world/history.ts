import { importId } from '../../src/core/imports/import.ts';
import type { Version } from './bucket.ts';

/** The history of a chunk, from the changes of the ledger. */
export type ChunkHistory = {
  readonly startBytes: number;
  readonly endBytes: number;
  lease: { readonly owner: string; readonly untilMs: number } | null;
  epoch: number;
  /** Everything before it is settled. */
  offsetBytes: number;
  finished: boolean;
  /** Of the last claim. */
  claim: {
    readonly owner: string;
    /** Rows that the checkpoint recorded as settled beyond it, and rows that the owner has since known to be written. */
    readonly inherited: ReadonlySet<number>;
    readonly written: Set<number>;
  } | null;
};

/** The history of an import, apart from its record in the ledger. */
export type ImportHistory = {
  readonly version: Version;
  chunks: ChunkHistory[];
  /** Rows of the file that have been in the table. */
  readonly landed: Set<number>;
  /** Lines of each of its reject files, with their codes. */
  readonly rejectFiles: Map<string, readonly { readonly line: number; readonly code: string }[]>;
  /** The ends that an event has reported. */
  readonly endsReported: Set<string>;
  isDone: boolean;
};

/** The history of every version of every object, by import. */
export type History = {
  of(importId: string): ImportHistory;
  readonly all: readonly ImportHistory[];
  add(version: Version): void;
  /** Which row of which import the table holds under a key. */
  readonly holders: Map<string, { readonly by: ImportHistory; readonly row: number }>;
  /** The epoch of the message that an invocation works on. */
  readonly epochs: Map<string, number>;
  /** Invocations to which the ledger has denied a request: they hand over without a checkpoint of their own. */
  readonly denied: Set<string>;
};

export function chunkAt({ chunks }: ImportHistory, offsetBytes: number): ChunkHistory | undefined {
  return chunks.find((one) => one.startBytes <= offsetBytes && offsetBytes < one.endBytes);
}

export function history(): History {
  const imports = new Map<string, ImportHistory>();
  return {
    of: (id) => {
      const found = imports.get(id);
      if (found === undefined) throw new Error(`No file was uploaded for import ${id}.`);
      return found;
    },
    get all() {
      return [...imports.values()];
    },
    add: (version) => {
      imports.set(importId(version.object), {
        version,
        chunks: [],
        landed: new Set(),
        rejectFiles: new Map(),
        endsReported: new Set(),
        isDone: false,
      });
    },
    holders: new Map(),
    epochs: new Map(),
    denied: new Set(),
  };
}

/** Index of the first row that begins at or after the offset. */
export function rowAt({ version }: ImportHistory, offsetBytes: number): number {
  const { rows } = version.file;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]!.startBytes < offsetBytes) low = middle + 1;
    else high = middle;
  }
  return low;
}

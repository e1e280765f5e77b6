import { importId } from '../../src/core/imports/import.ts';
import type { Version } from './bucket.ts';

/** What has happened to a chunk, as its ledger was told. */
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
    /** Rows that the checkpoint called settled beyond it, and rows that the owner has since been told are written. */
    readonly inherited: ReadonlySet<number>;
    readonly written: Set<number>;
  } | null;
};

/** What has happened to an import, beside what the ledger says of it. */
export type ImportHistory = {
  readonly version: Version;
  chunks: ChunkHistory[];
  /** Rows of the file that have been in the table. */
  readonly landed: Set<number>;
  /** Lines of each of its reject files, with their codes. */
  readonly rejectFiles: Map<string, readonly { readonly line: number; readonly code: string }[]>;
  /** The ends that were told by an event. */
  readonly endsTold: Set<string>;
  isDone: boolean;
};

/** What the world knows of every version of every object, by import. */
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
      if (found === undefined) throw new Error(`Nobody has dropped a file for import ${id}.`);
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
        endsTold: new Set(),
        isDone: false,
      });
    },
    holders: new Map(),
    epochs: new Map(),
    denied: new Set(),
  };
}

/** Index of the first row that begins at or behind the offset. */
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

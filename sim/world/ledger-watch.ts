import { createFateReader, PENDING, WRITTEN } from '../../src/core/settle/ahead.ts';
import { type Counts, countsBalance } from '../../src/core/imports/counts.ts';
import type { Checkpoint, ChunkRange, Lease } from '../../src/core/imports/import.ts';
import type { Clock } from '../../src/core/ports.ts';
import { type ChunkHistory, type History, type ImportHistory, rowAt } from './history.ts';
import { SKEW_MS } from './plan.ts';
import type { Violate } from './violation.ts';

/** Checks each change of the ledger at once, for every kind of ledger. */
export type LedgerWatch = {
  registered(importId: string, ranges: readonly ChunkRange[]): void;
  claimed(lease: Lease, terms: { epoch: number; untilMs: number }, checkpoint: Checkpoint): void;
  checkpointed(lease: Lease, checkpoint: Checkpoint, untilMs: number): void;
  released(lease: Lease, checkpoint: Checkpoint, epoch: number): void;
  finished(lease: Lease, checkpoint: Checkpoint): void;
  done(importId: string, counts: Counts): void;
};

/** `seal`: the digest with which the record of rows beyond a checkpoint begins. */
export function ledgerWatch(options: {
  clock: Clock;
  history: History;
  violate: Violate;
  seal: Uint8Array;
}): LedgerWatch {
  const { clock, history, violate, seal } = options;
  return {
    registered(importId, ranges) {
      const entry = history.of(importId);
      if (entry.chunks.length > 0) return;
      const fresh = { lease: null, epoch: 0, finished: false, claim: null };
      entry.chunks = ranges.map((range) => ({ ...range, ...fresh, offsetBytes: range.startBytes }));
    },

    claimed({ importId, chunk: index, owner }, terms, checkpoint) {
      const entry = history.of(importId);
      const chunk = entry.chunks[index]!;
      const { lease } = chunk;
      if (lease !== null && lease.owner !== owner && lease.untilMs > clock.now() + SKEW_MS) {
        violate(
          'one-lease',
          `${owner} has claimed chunk ${index} of ${importId} while ${lease.owner} holds it`,
        );
      }
      if (terms.epoch < chunk.epoch) {
        violate(
          'epoch-is-current',
          `${owner} has claimed epoch ${terms.epoch} of ${importId}; ${chunk.epoch} is in force`,
        );
      }
      chunk.epoch = terms.epoch;
      chunk.lease = { owner, untilMs: terms.untilMs };
      const inherited = new Set(settledBeyond(entry, chunk, checkpoint).keys());
      chunk.claim = { owner, inherited, written: new Set() };
    },

    checkpointed(lease, checkpoint, untilMs) {
      const { chunk } = see(lease, checkpoint);
      if (chunk.lease === null || untilMs >= chunk.lease.untilMs)
        chunk.lease = { owner: lease.owner, untilMs };
    },

    released(lease, checkpoint, epoch) {
      const { chunk, entry } = see(lease, checkpoint);
      if (epoch > chunk.epoch) checkHandOver(entry, chunk, checkpoint, lease);
      chunk.lease = null;
      chunk.epoch = Math.max(chunk.epoch, epoch);
    },

    finished(lease, checkpoint) {
      const { chunk, entry } = see(lease, checkpoint);
      chunk.lease = null;
      chunk.finished = true;
      const { rows } = entry.version.file;
      const next = rows[rowAt(entry, checkpoint.offsetBytes)];
      if (next !== undefined && next.startBytes < chunk.endBytes) {
        violate(
          'rows-conserved',
          `chunk ${lease.chunk} of ${entry.version.name} is finished before line ${next.line}`,
        );
      }
    },

    done(importId, counts) {
      const entry = history.of(importId);
      // The end may be recorded again, late: by then a newer version may have replaced the items.
      if (!entry.isDone) checkDone(entry, counts);
      entry.isDone = true;
    },
  };

  function see(lease: Lease, checkpoint: Checkpoint): { entry: ImportHistory; chunk: ChunkHistory } {
    const entry = history.of(lease.importId);
    const chunk = entry.chunks[lease.chunk]!;
    checkCounts(entry, chunk, checkpoint);
    checkSettled(entry, chunk.offsetBytes, checkpoint.offsetBytes);
    checkAhead(entry, chunk, checkpoint);
    chunk.offsetBytes = Math.max(chunk.offsetBytes, checkpoint.offsetBytes);
    return { entry, chunk };
  }

  function checkCounts(
    entry: ImportHistory,
    chunk: ChunkHistory,
    { offsetBytes, line, counts }: Checkpoint,
  ): void {
    const { name, file } = entry.version;
    const first = rowAt(entry, chunk.startBytes);
    const next = rowAt(entry, offsetBytes);
    const at = file.rows[next];
    if (next > 0 && file.rows[next - 1]!.endBytes > offsetBytes) {
      violate('rows-conserved', `${name} has a checkpoint inside line ${file.rows[next - 1]!.line}`);
    }
    if (at?.startBytes === offsetBytes && at.line !== line) {
      violate(
        'rows-conserved',
        `${name} has a checkpoint at line ${line}: offset ${offsetBytes} is line ${at.line}`,
      );
    }
    const skipped = file.blanks.filter((blank) => blank >= chunk.startBytes && blank < offsetBytes).length;
    compareCounts(name, counts, {
      read: next - first + skipped,
      rejected: rejectsBetween(entry, first, next),
      skipped,
      blank: skipped,
    });
  }

  function compareCounts(
    name: string,
    counts: Counts,
    expected: Pick<Counts, 'read' | 'rejected' | 'skipped' | 'blank'>,
  ): void {
    const isTrue =
      counts.read === expected.read &&
      counts.rejected === expected.rejected &&
      counts.skipped === expected.skipped &&
      counts.blank === expected.blank;
    if (isTrue && countsBalance(counts)) return;
    violate(
      'rows-conserved',
      `${name} counts ${JSON.stringify(counts)}; file and rejects say ${JSON.stringify(expected)}`,
    );
  }

  /** Rows between two checkpoints are in the table (or a later row with the key is), or in the rejects. */
  function checkSettled(entry: ImportHistory, fromBytes: number, toBytes: number): void {
    const { version, rejectFiles } = entry;
    const rejects = new Set([...rejectFiles.values()].flatMap((lines) => lines.map(({ line }) => line)));
    const end = rowAt(entry, toBytes);
    for (let index = rowAt(entry, fromBytes); index < end; index++) {
      const { key, reject, line } = version.file.rows[index]!;
      if (rejects.has(line)) {
        if (reject === null)
          violate('rejects-once', `line ${line} of ${version.name} is valid, but it is in the rejects`);
      } else if (!isInTable(entry, key, index) && !isNamedBehind(entry, key, end)) {
        violate(
          'settled-is-stored',
          `line ${line} of ${version.name} (key '${key}') is settled, but neither in the table nor in the rejects`,
        );
      }
    }
  }

  /** Rows that the checkpoint records as settled beyond it; true: written. The numbers leave out rows that Sluice rejects. */
  function settledBeyond(
    { version }: ImportHistory,
    chunk: ChunkHistory,
    { offsetBytes, ahead }: Checkpoint,
  ): Map<number, boolean> {
    const fates = createFateReader(ahead, seal);
    const settled = new Map<number, boolean>();
    for (const [index, { startBytes, reject }] of version.file.rows.entries()) {
      if (startBytes < offsetBytes || startBytes >= chunk.endBytes) continue;
      if (reject !== null && reject !== 'refused-by-table') continue;
      const fate = fates.next();
      if (fate !== PENDING) settled.set(index, fate === WRITTEN);
    }
    while (!fates.isAtEnd) {
      if (fates.next() === PENDING) continue;
      violate('ahead-is-true', `a checkpoint of ${version.name} records rows that the file does not have`);
    }
    return settled;
  }

  function checkAhead(entry: ImportHistory, chunk: ChunkHistory, checkpoint: Checkpoint): void {
    const { name, file } = entry.version;
    const settled = settledBeyond(entry, chunk, checkpoint);
    const toCome = new Set<string>();
    for (let index = rowAt(entry, checkpoint.offsetBytes); index < file.rows.length; index++) {
      const { key, startBytes, reject } = file.rows[index]!;
      if (startBytes >= chunk.endBytes) break;
      const isWritten = settled.get(index);
      const row = `row ${index} of ${name}, key ${key},`;
      if (isWritten === undefined) {
        if (reject === null || reject === 'refused-by-table') toCome.add(key);
      } else if (isWritten) {
        if (!entry.landed.has(index) || !isInTable(entry, key, index))
          violate('ahead-is-true', `${row} counts as written, and is not in the table`);
        if (toCome.has(key))
          violate('ahead-is-true', `${row} counts as written, and an earlier row with its key is pending`);
      } else if (Math.max(file.lastOfKey.get(key) ?? -1, file.lastRefused.get(key) ?? -1) <= index) {
        violate('ahead-is-true', `${row} counts as superseded, and no later row has the key`);
      }
    }
  }

  /** Files with rows that the table refuses are exempt: such rows are sent again, with those after them in their lane. */
  function checkHandOver(
    entry: ImportHistory,
    chunk: ChunkHistory,
    checkpoint: Checkpoint,
    { owner }: Lease,
  ): void {
    const { claim } = chunk;
    const { name, file } = entry.version;
    if (claim?.owner !== owner || file.lastRefused.size > 0 || history.denied.has(owner)) return;
    const settled = settledBeyond(entry, chunk, checkpoint);
    for (const index of [...claim.inherited, ...claim.written]) {
      if (file.rows[index]!.startBytes < checkpoint.offsetBytes || settled.has(index)) continue;
      violate(
        'nothing-twice',
        `${owner} hands ${name} over and does not record that row ${index} is written`,
      );
    }
  }

  /** Superseded by a row after `end` that is not written yet: if the loader dies, the next one reads that row again. */
  function isNamedBehind({ version }: ImportHistory, key: string, end: number): boolean {
    return (version.file.lastOfKey.get(key) ?? -1) >= end;
  }

  /** The table holds the row, a later row with its key, or a row of a newer version of the object; or it has refused a later row. */
  function isInTable(entry: ImportHistory, key: string, index: number): boolean {
    if ((entry.version.file.lastRefused.get(key) ?? -1) >= index) return true;
    const holder = history.holders.get(key);
    if (holder?.by === entry) return holder.row >= index;
    return holder !== undefined && holder.by.version.number > entry.version.number;
  }

  function checkDone(entry: ImportHistory, counts: Counts): void {
    const { name, file } = entry.version;
    compareCounts(name, counts, {
      read: file.rows.length + file.blanks.length,
      rejected: rejectsBetween(entry, 0, file.rows.length),
      skipped: file.blanks.length,
      blank: file.blanks.length,
    });
    if (counts.written > entry.landed.size || counts.written < file.lastOfKey.size) {
      violate(
        'rows-conserved',
        `${name} counts ${counts.written} rows as written: ${entry.landed.size} were, of ${file.lastOfKey.size} keys`,
      );
    }
    for (const [key, row] of file.lastOfKey) {
      const holder = history.holders.get(key);
      if (holder?.by !== entry || holder.row !== row) {
        violate(
          'table-equals-files',
          `${name} is done, and the item of key ${key} is not of its row ${row}, but ${describe(holder)}`,
        );
      }
    }
  }
}

/** The number of the rows [first, end) that are in the reject files. */
function rejectsBetween({ version, rejectFiles }: ImportHistory, first: number, end: number): number {
  const lines = [...rejectFiles.values()].flatMap((file) =>
    file.map(({ line }) => version.file.rowOfLine.get(line)),
  );
  return lines.filter((row) => row !== undefined && row >= first && row < end).length;
}

function describe(holder: { by: ImportHistory; row: number } | undefined): string {
  return holder === undefined ? 'missing' : `of row ${holder.row} of ${holder.by.version.name}`;
}

import type { Counts } from '../../core/imports/counts.ts';
import type { RepairColumn } from '../../core/csv/header/reject-columns.ts';
import type { Dataset } from '../../core/dataset/dataset.ts';
import {
  type Checkpoint,
  type ChunkRecord,
  hasEnded,
  type ImportRecord,
  type Lease,
} from '../../core/imports/import.ts';
import { settledOf } from '../../core/imports/settled.ts';
import type { Ledger, Queue, Results } from '../../core/ports.ts';
import { rejectHeader } from '../../core/rows/rejects/reject.ts';
import { lineSet } from '../../core/imports/line-set.ts';
import { hasRejectLimit, rejectLimit } from '../../core/imports/reject-limit.ts';
import type { SettledRange, Watermark } from '../../core/settle/watermark.ts';
import type { FileHeader } from '../file/file-header.ts';
import { rejectsFolder } from '../end/report.ts';
import type { LeaseClock } from '../lease/lease-clock.ts';
import { LEASE_MS, PUT_MS, QUIET_MS } from '../lease/lease-times.ts';

/** A claimed lease, and the chunk's record at that time. */
export type Claim = {
  readonly lease: Lease;
  readonly chunk: ChunkRecord;
  readonly takenOver: boolean;
  readonly untilMs: number;
  /** From before it was asked for. */
  readonly clock: LeaseClock;
};

/** Brings the settled part of a chunk on record, and with it keeps the lease and the message. */
export type Keeper = {
  /**
   * Rejects and repaired lines first, then the checkpoint, which renews the lease. `hasEnded`: the import has ended meanwhile, and nothing more of
   * it may be written. `aheadBytes`: room for what is known about the items beyond the checkpoint. Throws `lease-lost`,
   * `too-many-rejects`; may be called again after it threw.
   */
  keep(
    watermark: Watermark,
    units: number,
    aheadBytes: number,
  ): Promise<{ checkpoint: Checkpoint; hasEnded: boolean }>;
  /** Call it before the release of the lease: the next owner does not know what an earlier loader has left. */
  close(): Promise<void>;
  /** False in the last part of the lease: nothing may be sent to the table then. */
  maySend(): boolean;
};

/**
 * A keeper for a chunk whose lease was claimed until `untilMs`. It writes each range's rejects under a name that the range's
 * start alone decides, so that a repeated range replaces its own file. A loader that died may have left such a file for a
 * longer first range than ours; so if the lease was taken over, the first range's file is written even if it is empty.
 */
export function createKeeper(options: {
  ports: { ledger: Ledger; results: Results; queue: Queue };
  dataset: Dataset;
  record: ImportRecord;
  header: FileHeader;
  claim: Claim;
  /** The columns with the lines of the imports whose rejected rows are loaded again. */
  repairs: readonly RepairColumn[];
  receipt: string | undefined;
}): Keeper {
  const { ports, dataset, record, header, claim, repairs, receipt } = options;
  const { lease, chunk } = claim;
  const { ledger } = ports;
  let last = chunk.checkpoint;
  let leaseUntilMs = claim.untilMs;
  let mustReplace = claim.takenOver;
  /**
   * A range whose keeping failed. Its reject file and its checkpoint may have been written, or may be yet, so it is kept again
   * just as it was, before there is a further one: a file with more in it could be replaced by the first when that lands late,
   * and of what is added nobody could say to which range it belongs.
   */
  let unsure: SettledRange | null = null;

  return {
    keep,
    close,
    maySend: () => claim.clock.latestMs() <= leaseUntilMs - QUIET_MS,
  };

  async function keep(
    watermark: Watermark,
    units: number,
    aheadBytes: number,
  ): Promise<{ checkpoint: Checkpoint; hasEnded: boolean }> {
    if (unsure !== null) await keepRange(unsure);
    const range = watermark.advance(units, aheadBytes);
    const { checkpoint } = range;
    await keepRange(range);
    if (receipt !== undefined) await ports.queue.hide(receipt, LEASE_MS);
    if (checkpoint.counts.rejected > 0 && hasRejectLimit(dataset)) {
      const problem = rejectLimit(dataset, await importCounts(checkpoint.counts));
      if (problem !== null) throw problem;
    }
    const now = await ledger.readImport(record.id);
    return { checkpoint, hasEnded: now === null || hasEnded(now.status) };
  }

  /** Of all chunks. Behind our own checkpoint, so that of several loaders one at least sees all that they keep. */
  async function importCounts(own: Counts): Promise<Counts> {
    if (record.chunkCount === 1) return own;
    return settledOf(await ledger.readChunks(record.id)).counts;
  }

  async function keepRange(range: SettledRange): Promise<void> {
    unsure = range;
    // An empty range has no file of its own: the next one begins at the same place.
    const isEmpty = range.checkpoint.offsetBytes === last.offsetBytes;
    if (!isEmpty && (range.rejects.length > 0 || mustReplace)) await putRejects(range.rejects);
    await keepRepairs(range.repaired);
    await renew(range.checkpoint);
    unsure = null;
    if (!isEmpty) mustReplace = false;
  }

  /** Before the checkpoint, like the rejects: after a crash the rows are read again, and their lines are added once. */
  async function keepRepairs(repaired: SettledRange['repaired']): Promise<void> {
    for (const [index, lines] of repaired.entries())
      if (lines.length > 0)
        await ledger.addRepairs(repairs[index]!.importId, lineSet(lines), claim.clock.latestMs());
  }

  async function close(): Promise<void> {
    if (mustReplace) await putRejects([]);
    mustReplace = false;
  }

  async function putRejects(rejects: readonly Uint8Array[]): Promise<void> {
    if (leaseUntilMs - claim.clock.latestMs() < PUT_MS) await renew(last);
    const start = String(last.offsetBytes).padStart(15, '0');
    const name = `${rejectsFolder(record)}${chunk.index}-${start}.csv`;
    const body = concatenated([
      rejectHeader(record.id, header.raw, header.format, header.needsMark),
      ...rejects,
    ]);
    await ports.results.put(name, body, 'text/csv; charset=utf-8');
  }

  async function renew(checkpoint: Checkpoint): Promise<void> {
    // Never earlier than the last request: the ledger ignores an earlier end as a late request. The clock may have been set back.
    const untilMs = Math.max(leaseUntilMs, claim.clock.latestMs() + LEASE_MS);
    await ledger.checkpoint(lease, checkpoint, untilMs);
    leaseUntilMs = untilMs;
    last = checkpoint;
  }
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

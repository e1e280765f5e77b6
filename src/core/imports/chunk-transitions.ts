import {
  type ChunkRange,
  type ClaimAnswer,
  type Lease,
  type Checkpoint,
  type ChunkRecord,
  sameCheckpoint,
} from './import.ts';
import { noCounts } from './counts.ts';
import { leaseLost } from './ledger-error.ts';

/** What a ledger stores of a chunk. */
export type ChunkState = {
  readonly record: ChunkRecord;
  /** The last owner of the lease, also after its end: so that a ledger recognises a repeated release or finish. */
  readonly lastOwner: string | null;
};

export type ClaimTerms = { readonly epoch: number; readonly nowMs: number; readonly untilMs: number };

/** A chunk that no loader has claimed yet. */
export function newChunk(importId: string, index: number, range: ChunkRange): ChunkState {
  const { startBytes, endBytes, startLine } = range;
  const checkpoint = { offsetBytes: startBytes, line: startLine, counts: noCounts, units: 0 };
  const record = {
    importId,
    index,
    startBytes,
    endBytes,
    checkpoint,
    epoch: 0,
    lease: null,
    finished: false,
  };
  return { record, lastOwner: null };
}

/** Who may claim a chunk. The answer `claimed` contains the chunk with its new lease and epoch; any other changes nothing. */
export function claimChunk(
  state: ChunkState | null,
  { owner }: Lease,
  { epoch, nowMs, untilMs }: ClaimTerms,
): ClaimAnswer {
  if (state === null) return { kind: 'unknown' };
  const { record } = state;
  if (record.finished) return { kind: 'finished', chunk: record };
  if (record.epoch > epoch) return { kind: 'stale' };
  if (record.lease !== null && record.lease.owner !== owner && record.lease.untilMs > nowMs) {
    return { kind: 'held', untilMs: record.lease.untilMs };
  }
  const chunk = { ...record, epoch, lease: { owner, untilMs } };
  return { kind: 'claimed', chunk, takenOver: record.lease !== null };
}

/**
 * The chunk with the owner's checkpoint and renewed lease. A checkpoint that arrives after a later one of the same owner changes
 * nothing: the one with the later lease expiry is the later one. Throws `lease-lost`.
 */
export function checkpointChunk(
  state: ChunkState | null,
  lease: Lease,
  checkpoint: Checkpoint,
  untilMs: number,
): ChunkState {
  const { record, lastOwner } = leased(state, lease);
  const known = record.lease!;
  const isLate =
    untilMs < known.untilMs ||
    (untilMs === known.untilMs && checkpoint.offsetBytes < record.checkpoint.offsetBytes);
  if (isLate) return state!;
  return { record: { ...record, checkpoint, lease: { owner: lease.owner, untilMs } }, lastOwner };
}

/** How a lease ends: by a release, with the epoch of the next message, or with the chunk's last row. */
export type LeaseEnd =
  | { readonly finished: false; readonly epoch: number }
  | { readonly finished: true; readonly epoch?: undefined };

/** Ends the lease. The same step again, perhaps because the first answer was lost, changes nothing. Throws `lease-lost`. */
export function endLease(
  state: ChunkState | null,
  lease: Lease,
  checkpoint: Checkpoint,
  { finished, epoch }: LeaseEnd,
): ChunkState {
  if (state !== null && isRepeated(state)) return state;
  const { record, lastOwner } = leased(state, lease);
  return {
    record: { ...record, checkpoint, lease: null, finished, epoch: epoch ?? record.epoch },
    lastOwner,
  };

  function isRepeated({ record, lastOwner }: ChunkState): boolean {
    return (
      lastOwner === lease.owner &&
      record.lease === null &&
      record.finished === finished &&
      record.epoch === (epoch ?? record.epoch) &&
      sameCheckpoint(record.checkpoint, checkpoint)
    );
  }
}

function leased(state: ChunkState | null, lease: Lease): ChunkState {
  if (state?.record.lease?.owner !== lease.owner) throw leaseLost(lease, state?.record ?? null);
  return state;
}

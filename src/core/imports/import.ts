import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Counts, sameCounts } from './counts.ts';
import { boundedText } from '../bounded-text.ts';
import type { ErrorCode } from '../errors.ts';
import type { FaultTally } from './fault-tally.ts';
import type { Warning } from './warning.ts';

/** One version of one object. Together the fields say which bytes are meant, for ever. */
export type ObjectRef = {
  readonly bucket: string;
  /** Decoded: as a person types it. */
  readonly key: string;
  /** null in a bucket without versioning. */
  readonly versionId: string | null;
  /** Without the quotes that HTTP puts around it. */
  readonly etag: string;
  readonly sizeBytes: number;
  /** S3's order of events of one key: hexadecimal, compared after padding on the right with zeros. */
  readonly sequencer: string | null;
};

export const IMPORT_STATUSES = [
  'queued',
  'loading',
  'parked',
  'stalled',
  'done',
  'failed',
  'superseded',
] as const;

export type ImportStatus = (typeof IMPORT_STATUSES)[number];

export type Failure = { readonly code: ErrorCode; readonly reason: string };

/** A failure as every ledger keeps it: one that is too large to be stored would be retried for ever. */
export function keptFailure({ code, reason }: Failure): Failure {
  return { code, reason: boundedText(reason) };
}

/** The loading of one object version into its dataset's table. */
export type ImportRecord = {
  readonly id: string;
  readonly dataset: string;
  /** Digest of the dataset's definition at the time it was accepted. */
  readonly datasetDigest: string;
  readonly object: ObjectRef;
  readonly status: ImportStatus;
  readonly chunkCount: number;
  /** So many chunks are loaded at the same time: who finishes one queues the one that is so many behind it. */
  readonly parallel: number;
  /** Indexes of the chunks whose counts are in `counts`, ascending. */
  readonly finishedChunks: readonly number[];
  /** Sum over the finished chunks. */
  readonly counts: Counts;
  /** Write units consumed by the finished chunks. */
  readonly units: number;
  readonly queuedAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Why it has ended early. */
  readonly failure: Failure | null;
  /** Why the last attempt failed, of an import that has not ended: its message comes again, or it is stalled. */
  readonly lastFailure: Failure | null;
  /** It has not ended, or nobody has noted yet that its end was told. */
  readonly isOpen: boolean;
  readonly warnings: readonly Warning[];
  readonly watch: Watch | null;
};

/** What an import is registered with. */
export type NewImport = Pick<
  ImportRecord,
  'id' | 'dataset' | 'datasetDigest' | 'object' | 'parallel' | 'queuedAtMs'
>;

/** What the sweep has seen of an import that is waited for. */
export type Watch = {
  /** How far it was: another text than the last time means that somebody works on it. */
  readonly progress: string;
  /** Since when the progress is that. */
  readonly sinceMs: number;
  /** How often its messages were queued again since then. */
  readonly requeues: number;
};

/** How far a chunk is: everything before `offsetBytes` is settled, and counted in `counts`. */
export type Checkpoint = {
  /** In the object's text. */
  readonly offsetBytes: number;
  /** Line number (from 1) of the record that begins at `offsetBytes`. */
  readonly line: number;
  readonly counts: Counts;
  readonly units: number;
  /** Which items beyond `offsetBytes` are settled too, though not yet counted (`core/ahead.ts`). Absent: none is known to be. */
  readonly ahead?: Uint8Array | undefined;
  /** What is wrong with the rejected rows; not there where none is rejected. */
  readonly faults?: FaultTally;
};

/** The same place with the same numbers? So a repeated step is told from another one. */
export function sameCheckpoint(a: Checkpoint, b: Checkpoint): boolean {
  return (
    a.offsetBytes === b.offsetBytes &&
    a.line === b.line &&
    a.units === b.units &&
    sameCounts(a.counts, b.counts) &&
    sameBytes(a.ahead, b.ahead)
  );
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a?.length === b?.length && (a ?? []).every((byte, index) => byte === b?.[index]);
}

export type ChunkRecord = {
  readonly importId: string;
  readonly index: number;
  readonly startBytes: number;
  /** Exclusive; Infinity: the end of the text, wherever that is. */
  readonly endBytes: number;
  readonly checkpoint: Checkpoint;
  /** The epoch of the last message that claimed the chunk. */
  readonly epoch: number;
  readonly lease: { readonly owner: string; readonly untilMs: number } | null;
  readonly finished: boolean;
};

/** What people call an object; a file that `sluice load` has taken is in no bucket. */
export function objectName({ bucket, key }: Pick<ObjectRef, 'bucket' | 'key'>): string {
  return bucket === 'file' ? key : `s3://${bucket}/${key}`;
}

/** The statuses after which nothing more happens to an import by itself. */
export function hasEnded(status: ImportStatus): boolean {
  return status === 'done' || status === 'failed' || status === 'superseded';
}

/**
 * The import of an object version: 20 hexadecimal digits (80 bits) of a digest of what tells one version from
 * another, so that a repeated event finds the import that the first one registered.
 */
export function importId(object: ObjectRef): string {
  const version = object.versionId ?? `${object.etag}/${object.sequencer ?? ''}`;
  return bytesToHex(sha256(utf8ToBytes([object.bucket, object.key, version].join('\n')))).slice(0, 20);
}

/** What S3 says a sequencer is compared by: padded on the right with zeros ("Event message structure", Amazon S3). */
export function sequencerOrder(sequencer: string): string {
  return sequencer.toUpperCase().padEnd(32, '0');
}

export type ChunkRange = {
  readonly startBytes: number;
  /** Exclusive; Infinity: the end of the text, wherever that is. */
  readonly endBytes: number;
  /** Line (from 1) of the record that begins at `startBytes`. */
  readonly startLine: number;
};

/** The right to load a chunk until a time. */
export type Lease = { readonly importId: string; readonly chunk: number; readonly owner: string };

export type ClaimAnswer =
  /** `takenOver`: a lease was there that nobody had given back. Its holder may have died, or this is a repeated claim. */
  | { readonly kind: 'claimed'; readonly chunk: ChunkRecord; readonly takenOver: boolean }
  /** Somebody else's lease holds until then. */
  | { readonly kind: 'held'; readonly untilMs: number }
  /** A message of a later epoch has claimed the chunk before. */
  | { readonly kind: 'stale' }
  /** Every row of it is settled; its counts may or may not be in the import's yet. */
  | { readonly kind: 'finished'; readonly chunk: ChunkRecord }
  | { readonly kind: 'unknown' };

/** A key of the source bucket, whatever its version. */
export type ObjectKey = Pick<ObjectRef, 'bucket' | 'key'>;

/** The import of a key's newest version, and those of earlier versions that may still be writing, the latest first. */
export type KeyRecord = { readonly importId: string; readonly previous: readonly string[] };

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
  /** When S3 had stored it, by its event. Absent: it did not come by an event. */
  readonly uploadedAtMs?: number;
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

/** A failure as every ledger stores it: a write with a failure that is too large for an item would fail at every retry. */
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
  /** The number of chunks that are loaded at the same time: the loader that finishes chunk n queues chunk n + `parallel`. */
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
  /** Why it has failed, or is superseded. */
  readonly failure: Failure | null;
  /** Why the last attempt failed, while the import has not ended: its message is retried, or the import is stalled. */
  readonly lastFailure: Failure | null;
  /** It has not ended, or its end is not recorded as reported. */
  readonly isOpen: boolean;
  /** Its place among the imports of its dataset, which are loaded one after another (`order.ts`). null: it waits for no other import. */
  readonly place: string | null;
  /** The imports whose rejected rows it loads again, the latest first; empty if its object is no reject file. */
  readonly repairOf: readonly string[];
  readonly warnings: readonly Warning[];
  readonly watch: Watch | null;
};

/** What an import is registered with. */
export type NewImport = Pick<
  ImportRecord,
  'id' | 'dataset' | 'datasetDigest' | 'object' | 'parallel' | 'queuedAtMs'
> &
  Partial<Pick<ImportRecord, 'place'>>;

/** What the sweep has seen of an import that has no leased chunk. */
export type Watch = {
  /** The progress as text: it changes whenever a loader works on the import. */
  readonly progress: string;
  /** When this progress was first seen. */
  readonly sinceMs: number;
  /** How often the sweep has queued its messages again since then. */
  readonly requeues: number;
};

/** The progress of a chunk: every row before `offsetBytes` is settled, and counted in `counts`. */
export type Checkpoint = {
  /** In the object's text. */
  readonly offsetBytes: number;
  /** Line number (from 1) of the record that begins at `offsetBytes`. */
  readonly line: number;
  readonly counts: Counts;
  readonly units: number;
  /** Which items beyond `offsetBytes` are settled too, though not yet counted (`settle/ahead.ts`). Absent: none is known to be. */
  readonly ahead?: Uint8Array | undefined;
  /** The faults of the rejected rows. Absent: none is rejected. */
  readonly faults?: FaultTally;
};

/** Whether two checkpoints have the same place and numbers: then the step is a repeated one. */
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

/** The object's name for people. What `sluice load` reads is in no bucket. */
export function objectName({ bucket, key }: Pick<ObjectRef, 'bucket' | 'key'>): string {
  if (bucket !== LOCAL_BUCKET) return `s3://${bucket}/${key}`;
  return key === STANDARD_INPUT ? 'standard input' : key;
}

/** Whether an import with this status is never loaded any more. */
export function hasEnded(status: ImportStatus): boolean {
  return status === 'done' || status === 'failed' || status === 'superseded';
}

/**
 * Whether a newer version of the object ends the import. Objects without a sequencer have no versions. Where files are loaded in order,
 * every version has its turn, as long as the bucket keeps it.
 */
export function hasRivals({ object, place }: ImportRecord): boolean {
  return object.sequencer !== null && (place === null || object.versionId === null);
}

/**
 * The import of an object version: 20 hexadecimal digits (80 bits) of a digest of what tells one version from
 * another, so that a repeated event finds the import that the first one registered.
 */
export function importId(object: ObjectRef): string {
  const version = object.versionId ?? `${object.etag}/${object.sequencer ?? ''}`;
  return bytesToHex(sha256(utf8ToBytes([object.bucket, object.key, version].join('\n')))).slice(0, 20);
}

/** A sequencer in the form that S3 compares: padded on the right with zeros ("Event message structure", Amazon S3). */
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
  /** `takenOver`: the chunk had a lease that was not released. Its owner may have died, or this is a repeated claim. */
  | { readonly kind: 'claimed'; readonly chunk: ChunkRecord; readonly takenOver: boolean }
  /** Another owner has the lease until then. */
  | { readonly kind: 'held'; readonly untilMs: number }
  /** A message of a later epoch has claimed the chunk. */
  | { readonly kind: 'stale' }
  /** Every row of it is settled; its counts may or may not be in the import's yet. */
  | { readonly kind: 'finished'; readonly chunk: ChunkRecord }
  | { readonly kind: 'unknown' };

/** The `bucket` of what `sluice load` reads; the key is the file's path, the URL of an object of S3, or `STANDARD_INPUT`. */
export const LOCAL_BUCKET = 'file';
/** As a command line names it. */
export const STANDARD_INPUT = '-';

/** Only `sluice load`, where the file can be read, can load it: the function cannot. No deployment names a bucket so. */
export function isLocalFile({ bucket }: ObjectRef): boolean {
  return bucket === LOCAL_BUCKET;
}

/** A key of the source bucket, whatever its version. */
export type ObjectKey = Pick<ObjectRef, 'bucket' | 'key'>;

/** The import of a key's newest version, and those of earlier versions that may still be writing, the latest first. */
export type KeyRecord = { readonly importId: string; readonly previous: readonly string[] };

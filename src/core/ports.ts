import type { TextCoding } from './csv/text/text-coding.ts';
import type { Counts } from './imports/counts.ts';
import type { Feed } from './imports/feed.ts';
import type { ImportEnd } from './imports/import-transitions.ts';
import type {
  Checkpoint,
  ChunkRange,
  ChunkRecord,
  ClaimAnswer,
  Failure,
  ImportRecord,
  KeyRecord,
  Lease,
  NewImport,
  ObjectKey,
  ObjectRef,
  Watch,
} from './imports/import.ts';
import type { LineSet } from './imports/line-set.ts';
import type { Place, Turn } from './imports/order.ts';
import type { Repairs } from './imports/repairs.ts';
import type { Warning } from './imports/warning.ts';
import type { WorkMessage } from './imports/work.ts';
import type { WritePlan } from './write-plan.ts';

/** Pieces of an object's text, of any size, in order; to be iterated once. The consumer owns each piece: the source does not write to it again. */
export type TextStream = AsyncIterable<Uint8Array> & {
  /** So much of the object, from 0 to 1, was read for the pieces so far. There where the length of the text isn't known. */
  readonly share?: number | undefined;
};

/**
 * Reads source objects. All positions are those of an object's text: of its bytes, or if it is compressed or decoded as a stream
 * (`core/csv/text/text-coding.ts`), of what becomes of them.
 */
export type Source = {
  /**
   * The bytes [startBytes, endBytes) of exactly this version's text. Without `coding` the text is the object's bytes. A text that is
   * streamed may end before `endBytes`, which is Infinity to read it to its end. A stream that breaks is taken up again where it
   * broke, a few times, without the reader noticing.
   *
   * Throws `object-gone` (deleted before or while it is read), `object-changed` (the ETag is another),
   * `access-denied`, `gzip-damaged`, `zstd-damaged`, `object-unreadable` (anything else, after retries). Ending the iteration early
   * closes the connection.
   */
  read(object: ObjectRef, startBytes: number, endBytes: number, coding?: TextCoding): TextStream;
};

/** Text [start, end) in an array of bytes, which is valid during the call only. */
export type TextRange = { readonly bytes: Uint8Array; readonly start: number; readonly end: number };

/**
 * One write of an item. The text is its JSON, `{"id":{"S":"1"},…}` in UTF-8, as `rows/item.ts` describes it; bytes [start, keyEnd) are
 * the brace and the key attributes.
 */
export type Operation = TextRange & WritePlan & { readonly keyEnd: number };

/** Why an operation was not carried out; `unavailable` stands for time-outs, resets and 5xx answers. */
export type HoldReason =
  | 'table-capacity'
  | 'index-capacity'
  | 'key-range'
  | 'account-limit'
  | 'on-demand-limit'
  | 'throttled'
  | 'unavailable';

/** Operations that are in none of the lists were carried out. The numbers are indexes of operations. */
export type WriteOutcome = {
  /** These may be sent again at any time. */
  readonly held: readonly number[];
  /** null: none is held. `unavailable`: some of those in `held` may have been carried out. */
  readonly reason: HoldReason | null;
  /** Write units that DynamoDB says it took; of a condition that failed, an estimate. */
  readonly units: number;
  /** Their conditions failed, and the stored items stay. Absent: none. */
  readonly kept?: readonly Kept[];
  /** Nothing of these was carried out, and sending them again will not help. Absent: none. */
  readonly refused?: readonly Refusal[];
};

/** `isEqual`: the stored item of an `insert` has the same attributes. An earlier request may have written it. */
export type Kept = { readonly index: number; readonly isEqual: boolean };

/** Operations of one request, of which at least one breaks a rule of DynamoDB. */
export type Refusal = { readonly indexes: readonly number[]; readonly reason: string };

/** Writes the items of one DynamoDB table. */
export type TableWriter = {
  /**
   * Carries out 1 to 25 operations of at most 16 MB together, no two on one key: plain puts and deletes in one request, each other
   * operation in a request of its own, all at the same time. It retries nothing that it was answered: the caller does, because the
   * caller knows the order of the rows. Repeating an operation does no harm as long as no later operation of its key was sent. After
   * a lost answer (`held` with `unavailable`) the operations may or may not have been carried out.
   *
   * Throws `table-missing`, `table-key-mismatch`, `access-denied`, `credentials-missing`, `credentials-expired`,
   * `certificate-untrusted`, `clock-skewed`, `table-answer-invalid`: errors that no retry fixes.
   */
  write(operations: readonly Operation[]): Promise<WriteOutcome>;
  /** Closes connections; requests under way are ended. */
  close(): Promise<void>;
};

/** Stores what people read afterwards: reject files and reports. */
export type Results = {
  /** Stores the whole body under the name, and replaces an earlier one. Returns its location, a URL or a path that ends with the name. */
  put(name: string, body: Uint8Array, contentType: string): Promise<string>;
};

/**
 * Holds imports, chunks, keys, and the datasets that imports began with. Each method is at most one conditional write of a record, repeatable without harm, and
 * reads are consistent. All of them throw `ledger-missing` or `access-denied` where that is the matter.
 */
export type Ledger = {
  /**
   * Registers an import as `queued` with its chunks, each with a checkpoint at its first byte. An import that exists does not
   * change; chunks that a crash left out are added. Returns the ledger's record, and whether this call added it.
   */
  register(
    registration: NewImport,
    chunks: readonly ChunkRange[],
  ): Promise<{ record: ImportRecord; isNew: boolean }>;

  /** Keeps a resolved dataset, as JSON of at most 300,000 bytes, under its digest, for good. An existing document stays. */
  keepDataset(digest: string, text: string): Promise<void>;

  /** null: no dataset is stored under the digest. */
  readDataset(digest: string): Promise<string | null>;

  /**
   * Records an import as that of its key's newest version, if its sequencer is later than those of all other imports of the key.
   * Returns the key's record, with this import or a newer one.
   */
  takeKey(
    object: ObjectKey & { readonly sequencer: string },
    importId: string,
    nowMs: number,
  ): Promise<KeyRecord>;

  /** null: no import has taken the key. */
  readKey(object: ObjectKey): Promise<KeyRecord | null>;

  /** Removes the previous imports of the key, which have stopped, if this import is still that of the newest version. */
  clearKey(object: ObjectKey, importId: string): Promise<void>;

  /** Adds an import to those of the dataset that are loaded one after another. Idempotent. */
  takePlace(dataset: string, place: Place, nowMs: number): Promise<void>;

  /** The first place after `after` ('': of all); null: there is none. */
  nextPlace(dataset: string, after: string): Promise<Place | null>;

  /** The last place of all. */
  lastPlace(dataset: string): Promise<Place | null>;

  /** Which import of the dataset may be loaded; `noTurn` before the first. */
  readTurn(dataset: string): Promise<Turn>;

  /** Replaces the turn if it is still `from`, by its serial; returns whether it is `to` then. `to` has the next serial. */
  changeTurn(dataset: string, from: Turn, to: Turn): Promise<boolean>;

  /** Gives an import that has not ended another place. */
  move(importId: string, place: string): Promise<void>;

  /** Begins to expect files of a dataset, if that is new. Returns what is known of the feed. */
  expectFeed(dataset: string, every: string, nowMs: number): Promise<Feed>;

  /** Records when a file of a dataset was uploaded; an earlier one than the last changes nothing. */
  noteArrival(dataset: string, every: string, atMs: number): Promise<void>;

  /** Records since when a feed is late (null: it is not), and returns whether that is news. */
  noteLate(dataset: string, lateSinceMs: number | null): Promise<boolean>;

  /** All datasets whose files are or were expected, by name. */
  listFeeds(): Promise<readonly Feed[]>;

  readImport(importId: string): Promise<ImportRecord | null>;

  /** In the order of their indexes. */
  readChunks(importId: string): Promise<readonly ChunkRecord[]>;

  /** The latest imports first, of one dataset or of all (null). */
  listImports(dataset: string | null, limit: number): Promise<readonly ImportRecord[]>;

  /**
   * Takes the chunk's lease, unless another owner has it at `nowMs` or a message of a later epoch has claimed the chunk, and sets
   * the chunk's epoch to the message's. The same owner may claim again.
   */
  claim(lease: Lease, terms: { epoch: number; nowMs: number; untilMs: number }): Promise<ClaimAnswer>;

  /**
   * A page of the imports that are open (`isOpen`), the oldest first, after the import `after` (null: the first page). A
   * page with fewer than `limit` is the last one. May lag by a moment.
   */
  listOpen(limit: number, after: ImportRecord | null): Promise<readonly ImportRecord[]>;

  /**
   * `queued` and `parked` become `loading`, without a last failure; the start time is set once. An import that has ended or is
   * `stalled` does not change: another of its chunks may still be loaded.
   */
  begin(importId: string, nowMs: number): Promise<void>;

  /**
   * Sets the status and the last failure (null: none) of an import that has not ended. An import that has ended does not change, and
   * one that is `stalled` is not `parked` by the loader of another chunk.
   */
  mark(importId: string, status: 'queued' | 'parked' | 'stalled', failure: Failure | null): Promise<void>;

  /** Records why an attempt failed, unless the import has ended. */
  noteFailure(importId: string, failure: Failure): Promise<void>;

  /** Records what the sweep has seen, unless the import has ended. */
  noteWatch(importId: string, watch: Watch | null): Promise<void>;

  /**
   * Writes the checkpoint and renews the lease, in one write. Checkpoints of one owner are ordered by lease expiry, then by offset:
   * one that arrives after a later one changes nothing. Throws `lease-lost` if the owner no longer has the lease.
   */
  checkpoint(lease: Lease, checkpoint: Checkpoint, untilMs: number): Promise<void>;

  /**
   * Releases the lease with the last checkpoint. A message of this epoch (not below the chunk's) or a later one may claim the chunk
   * at once; so only one of several messages of an epoch is loaded. Throws `lease-lost`.
   */
  release(lease: Lease, checkpoint: Checkpoint, epoch: number): Promise<void>;

  /** Marks the chunk finished with its final checkpoint, and ends the lease. Throws `lease-lost`. */
  finishChunk(lease: Lease, checkpoint: Checkpoint): Promise<void>;

  /** Adds a finished chunk's counts to the import's, once. Idempotent. Returns the import as it is then. */
  countChunk(importId: string, chunk: number, counts: Counts, units: number): Promise<ImportRecord>;

  /**
   * Ends an import. `done` only if every chunk is counted and the counts are the given ones, which the caller has seen to
   * add up. A failure's reason is bounded by `keptFailure`. Returns the import as it is then: with this end, or with the
   * earlier one. It stays open until `close`. Throws `counts-unbalanced` if it cannot be `done`.
   */
  end(importId: string, end: ImportEnd): Promise<ImportRecord>;

  /** Adds warnings to an import, each once. Idempotent. Does nothing if the import does not exist. */
  warn(importId: string, warnings: readonly Warning[]): Promise<void>;

  /** Records of which imports this one, of a reject file, loads rejected rows again. Idempotent. */
  noteRepairOf(importId: string, repairOf: readonly string[]): Promise<void>;

  /** Adds lines to those of an import whose rejected rows were loaded again. Idempotent. The record is bounded (`withRepairs`). */
  addRepairs(importId: string, lines: LineSet, nowMs: number): Promise<void>;

  /** `noRepairs` where none is recorded. */
  readRepairs(importId: string): Promise<Repairs>;

  /** Records that the end of an import was reported, by its event and metric: it is no longer open. */
  close(importId: string): Promise<void>;
};

/** The work queue: at least once, in no order. */
export type Queue = {
  /** Delay: 0 to 900 s, SQS's bound, in whole seconds (rounded up). */
  send(message: WorkMessage, delayMs: number): Promise<void>;
  /** Sets a received message's visibility timeout, from now. A receipt that is no longer valid is not an error. */
  hide(receipt: string, forMs: number): Promise<void>;
  /** The approximate number of messages that can be received now. */
  waiting(): Promise<number>;
};

/** The only source of time and randomness. */
export type Clock = {
  /** Milliseconds since the epoch. May be set back or forward at any time. For dates, and for times that hosts compare. */
  now(): number;
  /** Milliseconds since some time in the past. Never goes back; may stop while the machine is suspended. For durations. */
  monotonic(): number;
  /** Resolves after that time on the monotonic clock, or at once (without an error) when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
};

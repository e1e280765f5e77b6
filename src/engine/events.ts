import type { FaultTally } from '../core/imports/fault-tally.ts';
import type { Checkpoint, Failure, ImportStatus } from '../core/imports/import.ts';
import type { Warning, WarningCode } from '../core/imports/warning.ts';
import type { Counts } from '../core/imports/counts.ts';
import type { Progress } from './loading/progress.ts';

/** Which message an event is about: the chunk of an import, under an epoch. */
type OfMessage = { readonly importId: string; readonly chunk: number; readonly epoch: number };
type OfImport = { readonly importId: string; readonly dataset: string };
/** The object's key, as a person reads it. */
type OfObject = OfImport & { readonly key: string };

type ImportEnded = OfObject & {
  readonly counts: Counts;
  readonly faults: FaultTally;
  readonly warnings: readonly Warning[];
  /** URL or path of the report. */
  readonly report: string;
};

type FeedEvent = {
  readonly dataset: string;
  readonly every: string;
  /** The last upload; null: there was none since files are expected. */
  readonly last: string | null;
  readonly since: string;
};

/**
 * Something that the engine did, for the log, the metrics, the terminal and the simulator. `type` is the `message` of its line
 * in the log.
 */
export type EngineEvent =
  // accept
  | {
      readonly type: 'object ignored';
      readonly level: 'info' | 'warn';
      readonly code: 'no-dataset';
      readonly bucket: string;
      readonly key: string;
      readonly reason: string;
    }
  /** Its dataset allows chunks, but the file is one. */
  | {
      readonly type: 'object not cut';
      readonly level: 'info';
      readonly dataset: string;
      readonly key: string;
      readonly reason: string;
    }
  | ({
      readonly type: 'import queued';
      readonly level: 'info';
      readonly bucket: string;
      readonly versionId: string | null;
      readonly sizeBytes: number;
      readonly chunks: number;
    } & OfObject)
  /** A repeated S3 event. */
  | ({
      readonly type: 'import already registered';
      readonly level: 'info';
      readonly status: ImportStatus;
    } & OfObject)
  /** Its dataset loads its files in order: another import comes first (null: the place is not known yet). */
  | ({ readonly type: 'import waits'; readonly level: 'info'; readonly behind: string | null } & OfObject)
  // load
  | ({
      readonly type: 'chunk started' | 'chunk resumed';
      readonly level: 'info';
      readonly key: string;
      readonly offsetBytes: number;
    } & OfMessage)
  | ({
      readonly type: 'chunk progress';
      readonly level: 'debug';
      readonly importId: string;
      readonly chunk: number;
    } & Progress)
  /** The rest of the chunk is queued under this epoch. */
  | ({ readonly type: 'chunk continued'; readonly level: 'info' } & OfMessage & Omit<Checkpoint, 'ahead'>)
  | ({ readonly type: 'chunk parked'; readonly level: 'info'; readonly parkMs: number } & OfMessage &
      Omit<Checkpoint, 'ahead'>)
  | ({ readonly type: 'message dropped'; readonly level: 'info'; readonly reason: string } & OfMessage)
  | ({ readonly type: 'lease lost'; readonly level: 'warn'; readonly reason: string } & OfMessage)
  /** For a right or a table that is missing; `until` is an ISO date. */
  | ({ readonly type: 'import waiting'; readonly level: 'warn'; readonly until: string } & OfMessage &
      Failure)
  /** The deployed dataset is another one than the import began with. */
  | ({
      readonly type: 'earlier dataset used';
      readonly level: 'info';
      readonly datasetDigest: string;
    } & OfImport)
  | ({
      readonly type: 'import warning';
      readonly level: 'warn';
      readonly code: WarningCode;
      readonly reason: string;
    } & OfObject)
  // the end of an import
  | ({
      readonly type: 'import done';
      readonly level: 'info' | 'warn';
      /** The file has no rows. */
      readonly code?: 'header-only' | undefined;
      readonly units: number;
      /** URL or path of the folder with the reject files; null: no row was rejected. */
      readonly rejects: string | null;
    } & ImportEnded)
  | ({ readonly type: 'import failed'; readonly level: 'error' } & Failure & ImportEnded)
  | ({ readonly type: 'import superseded'; readonly level: 'warn' } & Failure & ImportEnded)
  // dead letters and the sweep
  | ({ readonly type: 'dead letter dropped'; readonly level: 'info'; readonly reason: string } & OfMessage)
  /** Its chunk is leased. */
  | ({
      readonly type: 'dead letter kept';
      readonly level: 'info';
      readonly leasedUntilMs: number;
    } & OfMessage)
  /** Found by a dead letter (which has a chunk and an epoch) or by the sweep. */
  | ({
      readonly type: 'import stalled';
      readonly level: 'error';
      readonly chunk?: number;
      readonly epoch?: number;
    } & OfImport &
      Failure)
  | ({
      readonly type: 'import queued again';
      readonly level: 'warn';
      readonly messages: number;
      readonly silentS: number;
      /** How often it was queued again before, without progress. */
      readonly requeues: number;
    } & OfImport)
  /** It was stalled, or its local file was not loaded, for so long that the next import of its dataset has the turn. */
  | ({
      readonly type: 'turn passed on';
      readonly level: 'warn';
      readonly to: string | null;
      readonly blockedS: number;
    } & OfImport)
  /** No file of the dataset was uploaded for longer than expected. Emitted once, and again once it is no longer late. Times in ISO 8601. */
  | ({ readonly type: 'feed late'; readonly level: 'warn' } & FeedEvent)
  | ({ readonly type: 'feed no longer late'; readonly level: 'info' } & FeedEvent)
  /** At each sweep. */
  | {
      readonly type: 'feed watched';
      readonly level: 'info';
      readonly dataset: string;
      readonly isLate: boolean;
      readonly ageS: number;
    }
  | {
      readonly type: 'sweep done';
      readonly level: 'info';
      readonly open: number;
      readonly stalled: number;
      readonly silent: number;
      readonly oldestAgeS: number;
      readonly waitingMessages: number;
      /** False: the deadline came before every open import was looked at. */
      readonly isComplete: boolean;
    };

/** Receives each event when it happens. Must not throw. */
export type Emit = (event: EngineEvent) => void;

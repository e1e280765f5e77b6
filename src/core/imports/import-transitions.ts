import { addCounts, type Counts, noCounts, sameCounts } from './counts.ts';
import {
  type Failure,
  hasEnded,
  IMPORT_STATUSES,
  type ImportRecord,
  type ImportStatus,
  keptFailure,
  type NewImport,
  type Watch,
} from './import.ts';
import { joinedWarnings, type Warning } from './warning.ts';

/** A change of an import's record. A ledger applies it in one conditional write; otherwise the record stays as it is. */
export type ImportChange = {
  /** The import must have one of these statuses. */
  readonly from: readonly ImportStatus[];
  /** Every chunk must be counted, and the import's counts must be these. Absent: no such condition. */
  readonly countedAs?: Counts;
  /** The new values of fields. */
  readonly set: Partial<
    Pick<
      ImportRecord,
      'status' | 'endedAtMs' | 'failure' | 'lastFailure' | 'watch' | 'isOpen' | 'place' | 'repairOf'
    >
  >;
  /** The start time of an import that has none yet. */
  readonly startedAtMs?: number;
};

/** The end of an import, as `Ledger.end` takes it. */
export type ImportEnd =
  | { readonly status: 'done'; readonly counts: Counts; readonly atMs: number }
  | { readonly status: 'failed' | 'superseded'; readonly failure: Failure; readonly atMs: number };

const notEnded = IMPORT_STATUSES.filter((status) => !hasEnded(status));
/** Another chunk of a stalled import may still be loaded: its loader must not hide that the import is stalled. */
const notStalled = notEnded.filter((status) => status !== 'stalled');

/** What each method of the ledger changes in an import's record; the contract of each is in `core/ports.ts`. */
export const importChanges = {
  begin(nowMs: number): ImportChange {
    return { from: notStalled, set: { status: 'loading', lastFailure: null }, startedAtMs: nowMs };
  },

  mark(status: 'queued' | 'parked' | 'stalled', failure: Failure | null): ImportChange {
    const lastFailure = failure === null ? null : keptFailure(failure);
    return { from: status === 'parked' ? notStalled : notEnded, set: { status, lastFailure } };
  },

  noteFailure(failure: Failure): ImportChange {
    return { from: notEnded, set: { lastFailure: keptFailure(failure) } };
  },

  move(place: string): ImportChange {
    return { from: notEnded, set: { place } };
  },

  noteWatch(watch: Watch | null): ImportChange {
    return { from: notEnded, set: { watch } };
  },

  noteRepairOf(repairOf: readonly string[]): ImportChange {
    return { from: IMPORT_STATUSES, set: { repairOf } };
  },

  end(end: ImportEnd): ImportChange {
    const { status, atMs } = end;
    const set = { status, endedAtMs: atMs, lastFailure: null, watch: null };
    if (end.status === 'done') return { from: notEnded, set, countedAs: end.counts };
    return { from: notEnded, set: { ...set, failure: keptFailure(end.failure) } };
  },

  close(): ImportChange {
    return { from: IMPORT_STATUSES, set: { isOpen: false } };
  },
};

/** The record after the change, or null where a condition of the change does not hold. */
export function changedImport(record: ImportRecord, change: ImportChange): ImportRecord | null {
  if (!change.from.includes(record.status)) return null;
  if (change.countedAs !== undefined && !isCountedAs(record, change.countedAs)) return null;
  const startedAtMs = record.startedAtMs ?? change.startedAtMs ?? null;
  return { ...record, startedAtMs, ...change.set };
}

function isCountedAs({ finishedChunks, chunkCount, counts }: ImportRecord, expected: Counts): boolean {
  return finishedChunks.length === chunkCount && sameCounts(counts, expected);
}

/** The record of an import that has just been registered. */
export function newImport(registration: NewImport, chunkCount: number): ImportRecord {
  return {
    ...registration,
    status: 'queued',
    chunkCount,
    finishedChunks: [],
    counts: noCounts,
    units: 0,
    startedAtMs: null,
    endedAtMs: null,
    failure: null,
    lastFailure: null,
    isOpen: true,
    place: registration.place ?? null,
    repairOf: [],
    warnings: [],
    watch: null,
  };
}

/** Adds the counts of a finished chunk, unless they are included already. */
export function withChunkCounted(
  record: ImportRecord,
  chunk: number,
  counts: Counts,
  units: number,
): ImportRecord {
  if (record.finishedChunks.includes(chunk)) return record;
  return {
    ...record,
    finishedChunks: [...record.finishedChunks, chunk].sort((a, b) => a - b),
    counts: addCounts(record.counts, counts),
    units: record.units + units,
  };
}

export function withWarnings(record: ImportRecord, warnings: readonly Warning[]): ImportRecord {
  return { ...record, warnings: joinedWarnings(record.warnings, warnings) };
}

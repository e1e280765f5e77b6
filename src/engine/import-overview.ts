import type { FaultTally } from '../core/imports/fault-tally.ts';
import { type ChunkRecord, type Failure, hasEnded, type ImportRecord } from '../core/imports/import.ts';
import { importUnknown } from '../core/imports/ledger-error.ts';
import { settledOf } from '../core/imports/settled.ts';
import type { Ledger } from '../core/ports.ts';
import { isBehindNewer, type Turn } from '../core/imports/order.ts';
import type { RepairCount } from '../core/imports/repairs.ts';
import { repairedOf } from './repaired-of.ts';
import { resumeCommand } from './retry.ts';

/** An import as `sluice status` shows it: its record, with the counts of what is settled so far. */
export type ImportOverview = ImportRecord & {
  /** Of the rejected rows. */
  readonly faults: FaultTally;
  /** Of the rejected rows, so many were loaded by a later import; null: no row was rejected. */
  readonly repaired: RepairCount | null;
  /** What a person should know or do: why it failed or is stalled, that an attempt failed, or that nothing happens. */
  readonly notice: string | null;
};

export type ImportDetails = ImportOverview & { readonly chunks: readonly ChunkRecord[] };

/** A loader that died has a successor within two minutes. After this time without one, the overview says so. */
const SILENT_MS = 5 * 60_000;

/** The latest imports first, of one dataset or of all (null). `nowMs`: of the wall clock. */
export async function listOverviews(
  ledger: Ledger,
  { dataset, limit }: { readonly dataset: string | null; readonly limit: number },
  nowMs: number,
): Promise<readonly ImportOverview[]> {
  const records = await ledger.listImports(dataset, limit);
  const turns = new Map<string, Promise<Turn>>();
  return Promise.all(
    records.map(async (record) => {
      const turn = await turnOfImport(ledger, record, turns);
      return overviewOf(ledger, record, await ledger.readChunks(record.id), turn, nowMs);
    }),
  );
}

/** Throws `import-unknown`. */
export async function importDetails(ledger: Ledger, importId: string, nowMs: number): Promise<ImportDetails> {
  const record = await ledger.readImport(importId);
  if (record === null) throw importUnknown(importId);
  const chunks = await ledger.readChunks(importId);
  const turn = await turnOfImport(ledger, record, new Map());
  return { ...(await overviewOf(ledger, record, chunks, turn, nowMs)), chunks };
}

/** The turn of its dataset, which is read once; null: the import waits for no other one. */
async function turnOfImport(
  ledger: Ledger,
  { dataset, place, status }: ImportRecord,
  turns: Map<string, Promise<Turn>>,
): Promise<Turn | null> {
  if (place === null || hasEnded(status)) return null;
  const turn = turns.get(dataset) ?? ledger.readTurn(dataset);
  turns.set(dataset, turn);
  return turn;
}

async function overviewOf(
  ledger: Ledger,
  record: ImportRecord,
  chunks: readonly ChunkRecord[],
  turn: Turn | null,
  nowMs: number,
): Promise<ImportOverview> {
  const settled = settledOf(chunks);
  const counts = record.status === 'done' ? record.counts : settled.counts;
  return {
    ...record,
    counts,
    faults: settled.faults,
    repaired: await repairedOf(ledger, record.id, counts.rejected),
    notice: noticeOf(record, chunks, turn, nowMs),
  };
}

function noticeOf(
  record: ImportRecord,
  chunks: readonly ChunkRecord[],
  turn: Turn | null,
  nowMs: number,
): string | null {
  const { status, failure, lastFailure } = record;
  if (hasEnded(status)) return failure === null ? null : failureText(failure);
  const place = { place: record.place ?? '', importId: record.id };
  const why = lastFailure === null ? '' : `${failureText(lastFailure)} `;
  if (turn !== null && isBehindNewer(turn, place))
    return `${why}The imports behind it have begun (load.files: in_order). To load it after them, run: ${resumeCommand(record)} --behind-newer`;
  if (status === 'stalled') {
    return `${why}Fix the cause, then run: ${resumeCommand(record)}`;
  }
  if (lastFailure !== null)
    return `The last attempt failed, and will be retried: ${failureText(lastFailure)}`;
  if (turn !== null && turn.importId !== record.id) {
    const first = turn.importId === null ? 'earlier files, which may still come' : `import ${turn.importId}`;
    return `Waits for ${first}: the dataset loads its files in order of arrival.`;
  }
  const sinceMs = silentSinceMs(record, chunks, nowMs);
  if (sinceMs === null) return null;
  return `No lease renewal since ${utc(sinceMs)} UTC; if this persists, run: ${resumeCommand(record)}`;
}

function failureText({ code, reason }: Failure): string {
  return `${code}: ${reason}`;
}

/** When the last lease expired, or when the sweep first saw the progress that it still sees; null: a loader works on it, or will soon. */
function silentSinceMs(
  { watch }: ImportRecord,
  chunks: readonly ChunkRecord[],
  nowMs: number,
): number | null {
  const leases = chunks.flatMap(({ lease }) => (lease === null ? [] : [lease.untilMs]));
  const sinceMs = leases.length > 0 ? Math.max(...leases) : watch?.sinceMs;
  return sinceMs === undefined || nowMs - sinceMs < SILENT_MS ? null : sinceMs;
}

/** `2026-11-24 18:11:03` */
export function utc(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}

import { type Counts, countsBalance } from '../core/imports/counts.ts';
import type { Dataset, InvalidDataset } from '../core/dataset/dataset.ts';
import { SluiceError } from '../core/errors.ts';
import type { FaultTally } from '../core/imports/fault-tally.ts';
import { settledOf } from '../core/imports/settled.ts';
import type { ChunkRecord, Failure, ImportRecord } from '../core/imports/import.ts';
import type { Clock, Ledger, Results } from '../core/ports.ts';
import { rejectVerdict } from '../core/dataset/reject-limit.ts';
import { datasetOfImport } from './dataset-of-import.ts';
import { joinedWarnings, type Warning, warning } from '../core/imports/warning.ts';
import type { Emit } from './events.ts';

type Ports = { readonly ledger: Ledger; readonly results: Results; readonly clock: Clock };

/**
 * Counts a finished chunk in, and ends the import if it was the last: as done, or as failed where too many of its rows were
 * rejected. Answers whether the import is done. Any part of it may have happened before. Throws `counts-unbalanced` rather than
 * call an import done whose rows don't add up.
 */
export async function finish(
  ports: Ports,
  datasets: readonly (Dataset | InvalidDataset)[],
  chunk: ChunkRecord,
  emit: Emit,
): Promise<boolean> {
  const { counts, units } = chunk.checkpoint;
  const record = await ports.ledger.countChunk(chunk.importId, chunk.index, counts, units);
  if (record.finishedChunks.length < record.chunkCount) return false;
  if (record.status === 'failed' || record.status === 'superseded') return false;
  if (!countsBalance(record.counts)) throw unbalanced(record);
  const isJudged = record.counts.rejected > 0 && record.status !== 'done';
  const problem = isJudged
    ? rejectVerdict(await knownDataset(ports.ledger, datasets, record, emit), record.counts)
    : null;
  const more = endWarnings(record.counts);
  if (more.length > 0) await ports.ledger.warn(record.id, more);
  const warned = { ...record, warnings: joinedWarnings(record.warnings, more) };
  const { faults } = settledOf(await ports.ledger.readChunks(record.id));
  const end: Ending = {
    faults,
    status: problem === null ? 'done' : 'failed',
    counts: record.counts,
    units: record.units,
    atMs: record.endedAtMs ?? ports.clock.now(),
    failure: problem === null ? null : { code: problem.code, reason: problem.message },
  };
  const ended = await conclude(ports, warned, end, emit);
  return ended.status === 'done';
}

/** null: nobody knows any more what its limits were. The rows are settled all the same. */
async function knownDataset(...given: Parameters<typeof datasetOfImport>): Promise<Dataset | null> {
  try {
    return await datasetOfImport(...given);
  } catch (error) {
    if (
      error instanceof SluiceError &&
      (error.code === 'dataset-missing' || error.code === 'dataset-invalid')
    )
      return null;
    throw error;
  }
}

/** Ends the import before its time, with what was settled until then in the report; nothing happens to one that has ended. */
export async function endEarly(
  ports: Ports,
  record: ImportRecord,
  end: { readonly status: 'failed' | 'superseded'; readonly failure: Failure },
  emit: Emit,
): Promise<void> {
  const settled = settledOf(await ports.ledger.readChunks(record.id));
  // Warnings may have come since it was read.
  const now = (await ports.ledger.readImport(record.id)) ?? record;
  await conclude(ports, now, { ...end, ...settled, atMs: ports.clock.now() }, emit);
}

/**
 * Tells the end of an import that has ended, unless it was told: the loader that ended it may have died before it could say so.
 * An end may be told twice, and is told at least once: it stays open in the ledger until it was.
 */
export async function tellEnd(ports: Ports, record: ImportRecord, emit: Emit): Promise<void> {
  if (!record.isOpen) return;
  const end = await endingOf(ports.ledger, record);
  await tell(ports, record, end, await putReport(ports.results, record, end), emit);
}

export function rejectsFolder(record: Pick<ImportRecord, 'id' | 'dataset'>): string {
  return `rejects/${record.dataset}/${record.id}/`;
}

/** A file of nothing but a header is well-formed; somebody will want to know all the same. */
function ending(counts: Counts): { level: 'info' | 'warn'; code?: 'header-only' } {
  if (counts.read === counts.skipped) return { level: 'warn', code: 'header-only' };
  return { level: counts.rejected > 0 ? 'warn' : 'info' };
}

/** What is known only once all rows are counted. */
function endWarnings({ read, skipped }: Counts): readonly Warning[] {
  const warnings: Warning[] = [];
  if (read === skipped) warnings.push(warning('header-only', 'The file has a header, and no rows.'));
  if (skipped > 0) {
    warnings.push(warning('blank-rows', `Rows whose cells are all empty were skipped: ${skipped}.`));
  }
  return warnings;
}

type Ending = {
  readonly status: 'done' | 'failed' | 'superseded';
  readonly counts: Counts;
  readonly units: number;
  /** Of the rejected rows. */
  readonly faults: FaultTally;
  readonly atMs: number;
  readonly failure: Failure | null;
};

/**
 * The report first, so that an import that has ended has one; then the status; then its event. Should it have ended otherwise
 * meanwhile, the report says so, and so does the event, if that end was not told yet.
 */
async function conclude(ports: Ports, record: ImportRecord, end: Ending, emit: Emit): Promise<ImportRecord> {
  const { ledger, results } = ports;
  const report = await putReport(results, record, end);
  const ended = await ledger.end(record.id, endOf(end));
  if (ended.status === end.status && ended.endedAtMs === end.atMs) {
    if (ended.isOpen) await tell(ports, ended, end, report, emit);
    return ended;
  }
  const other = await endingOf(ledger, ended);
  const otherReport = await putReport(results, ended, other);
  if (ended.isOpen) await tell(ports, ended, other, otherReport, emit);
  return ended;
}

/** The event, which is the metric too, before the note of it: what dies in between tells it again. */
async function tell(
  { ledger }: Ports,
  record: ImportRecord,
  { status, counts, units, faults, failure }: Ending,
  report: string,
  emit: Emit,
): Promise<void> {
  const { id: importId, dataset, object, warnings } = record;
  const facts = { importId, key: object.key, dataset, counts, faults, warnings, report };
  switch (status) {
    case 'done': {
      const rejects = counts.rejected > 0 ? report.replace(/reports\/.*$/, rejectsFolder(record)) : null;
      emit({ type: 'import done', ...ending(counts), ...facts, units, rejects });
      break;
    }
    case 'failed':
      emit({ type: 'import failed', level: 'error', ...failure!, ...facts });
      break;
    case 'superseded':
      emit({ type: 'import superseded', level: 'warn', ...failure!, ...facts });
      break;
  }
  await ledger.close(importId);
}

/** The end that the ledger holds. */
async function endingOf(ledger: Ledger, record: ImportRecord): Promise<Ending> {
  const { status, failure, endedAtMs } = record;
  const { faults, ...chunks } = settledOf(await ledger.readChunks(record.id));
  const settled = status === 'done' ? record : chunks;
  return {
    faults,
    status: status as Ending['status'],
    counts: settled.counts,
    units: settled.units,
    failure,
    atMs: endedAtMs!,
  };
}

function endOf({ status, counts, atMs, failure }: Ending): Parameters<Ledger['end']>[1] {
  if (status === 'done') return { status, counts, atMs };
  return { status, atMs, failure: failure! };
}

async function putReport(results: Results, record: ImportRecord, end: Ending): Promise<string> {
  const { atMs, ...rest } = end;
  const report = {
    import: record.id,
    dataset: record.dataset,
    datasetDigest: record.datasetDigest,
    object: record.object,
    ...rest,
    warnings: record.warnings,
    queuedAt: new Date(record.queuedAtMs).toISOString(),
    startedAt: record.startedAtMs === null ? null : new Date(record.startedAtMs).toISOString(),
    endedAt: new Date(atMs).toISOString(),
    rejects: end.counts.rejected > 0 ? rejectsFolder(record) : null,
  };
  const body = new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`);
  return results.put(`reports/${record.dataset}/${record.id}.json`, body, 'application/json');
}

function unbalanced(record: ImportRecord): SluiceError {
  return new SluiceError(
    'counts-unbalanced',
    `Import ${record.id} read ${record.counts.read} rows, but what became of them does not add up to that: ${JSON.stringify(record.counts)}. ` +
      'It is not marked done. This is a fault in Sluice: please report it with this message.',
    { data: { importId: record.id, counts: record.counts } },
  );
}

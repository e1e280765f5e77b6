import { type Counts, countsBalance } from '../../core/imports/counts.ts';
import type { Dataset, InvalidDataset } from '../../core/dataset/dataset.ts';
import { SluiceError } from '../../core/errors.ts';
import { settledOf } from '../../core/imports/settled.ts';
import {
  type ChunkRecord,
  type Failure,
  hasEnded,
  type ImportRecord,
  isLocalFile,
} from '../../core/imports/import.ts';
import type { ImportEnd } from '../../core/imports/import-transitions.ts';
import type { Clock, Ledger, Queue, Results } from '../../core/ports.ts';
import { forRepair, rejectVerdict } from '../../core/imports/reject-limit.ts';
import { datasetOfImport } from '../dataset/dataset-of-import.ts';
import { joinedWarnings, type Warning, warning } from '../../core/imports/warning.ts';
import type { Emit } from '../events.ts';
import { passTurn } from '../order/pass-turn.ts';
import { type Ending, putReport, rejectsLocation } from './report.ts';

type Ports = {
  readonly ledger: Ledger;
  readonly results: Results;
  readonly queue: Queue;
  readonly clock: Clock;
};

/**
 * Counts a finished chunk, and ends the import if it was the last: as done, or as failed if too many of its rows were rejected.
 * Returns whether the import is done. Any part of this may have happened before. Throws `counts-unbalanced` if the rows of the
 * import do not add up.
 */
export async function countFinishedChunk(
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
    ? rejectVerdict(await limitsOf(ports.ledger, datasets, record, emit), record.counts)
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
  const ended = await recordEnd(ports, warned, end, emit);
  return ended.status === 'done';
}

/** The dataset by which rejects are judged. null: it is lost. The rows are settled all the same. */
async function limitsOf(...given: Parameters<typeof datasetOfImport>): Promise<Dataset | null> {
  try {
    const dataset = await datasetOfImport(...given);
    return given[2].repairOf.length > 0 ? forRepair(dataset) : dataset;
  } catch (error) {
    if (
      error instanceof SluiceError &&
      (error.code === 'dataset-missing' || error.code === 'dataset-invalid')
    )
      return null;
    throw error;
  }
}

/** Ends an import that is not done, with what is settled in the report. An import that has ended does not change. */
export async function endImport(
  ports: Ports,
  record: ImportRecord,
  end: { readonly status: 'failed' | 'superseded'; readonly failure: Failure },
  emit: Emit,
): Promise<void> {
  const settled = settledOf(await ports.ledger.readChunks(record.id));
  // Warnings may have come since it was read.
  const now = (await ports.ledger.readImport(record.id)) ?? record;
  await recordEnd(ports, now, { ...end, ...settled, atMs: ports.clock.now() }, emit);
}

/**
 * Reports the end of an import that has ended, unless it was reported: the loader that ended it may have died before. An end is
 * reported at least once, and may be reported twice: the import stays open in the ledger until then.
 */
export async function reportEnd(ports: Ports, record: ImportRecord, emit: Emit): Promise<void> {
  if (!record.isOpen) return;
  const end = await recordedEnding(ports.ledger, record);
  await emitEnd(ports, record, end, await putReport(ports, record, end), emit);
}

/** A file with a header and no rows is valid, but may be a mistake. */
function doneLevel(counts: Counts): { level: 'info' | 'warn'; code?: 'header-only' } {
  if (counts.read === counts.blank) return { level: 'warn', code: 'header-only' };
  return { level: counts.rejected > 0 ? 'warn' : 'info' };
}

/** Warnings that need the counts of all rows. */
function endWarnings({ read, blank }: Counts): readonly Warning[] {
  const warnings: Warning[] = [];
  if (read === blank)
    warnings.push(warning('header-only', 'The file has no rows of data: no item was written.'));
  if (blank > 0) {
    warnings.push(warning('blank-rows', `Rows whose cells are all empty were skipped: ${blank}.`));
  }
  return warnings;
}

/**
 * Writes the report first, so that every import that has ended has one; then the status; then the event. If the import has ended
 * in another way meanwhile, report and event are of that end.
 */
async function recordEnd(ports: Ports, record: ImportRecord, end: Ending, emit: Emit): Promise<ImportRecord> {
  const { ledger } = ports;
  const report = await putReport(ports, record, end);
  const ended = await ledger.end(record.id, ledgerEnd(end));
  if (ended.status === end.status && ended.endedAtMs === end.atMs) {
    if (ended.isOpen) await emitEnd(ports, ended, end, report, emit);
    return ended;
  }
  const other = await recordedEnding(ledger, ended);
  const otherReport = await putReport(ports, ended, other);
  if (ended.isOpen) await emitEnd(ports, ended, other, otherReport, emit);
  return ended;
}

/**
 * Emits the event, which is the metric too, lets the next import of the dataset run, and closes the import. After a crash between these
 * the event is emitted again.
 */
async function emitEnd(
  ports: Ports,
  record: ImportRecord,
  { status, counts, units, faults, failure }: Ending,
  report: string,
  emit: Emit,
): Promise<void> {
  const { id: importId, dataset, object, warnings } = record;
  const facts = { importId, key: object.key, dataset, counts, faults, warnings, report };
  switch (status) {
    case 'done': {
      const rejects = counts.rejected > 0 ? rejectsLocation(report, record) : null;
      emit({ type: 'import done', ...doneLevel(counts), ...facts, units, rejects });
      break;
    }
    case 'failed':
      emit({ type: 'import failed', level: 'error', ...failure!, ...facts });
      break;
    case 'superseded':
      emit({ type: 'import superseded', level: 'warn', ...failure!, ...facts });
      break;
  }
  await reportRepairs(ports, record);
  if (record.place !== null) await passTurn(ports, dataset, 'any');
  await ports.ledger.close(importId);
}

/** Writes the reports of the imports again whose rejected rows this one has loaded: they say how many are repaired now. */
async function reportRepairs(ports: Ports, { object, repairOf }: ImportRecord): Promise<void> {
  for (const id of repairOf) {
    const repaired = await ports.ledger.readImport(id);
    // The reports of local files are in the folder of `sluice load`.
    if (repaired === null || !hasEnded(repaired.status)) continue;
    if (isLocalFile(repaired.object) !== isLocalFile(object)) continue;
    await putReport(ports, repaired, await recordedEnding(ports.ledger, repaired));
  }
}

/** The end that the ledger has. */
async function recordedEnding(ledger: Ledger, record: ImportRecord): Promise<Ending> {
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

function ledgerEnd({ status, counts, atMs, failure }: Ending): ImportEnd {
  if (status === 'done') return { status, counts, atMs };
  return { status, atMs, failure: failure! };
}

function unbalanced(record: ImportRecord): SluiceError {
  return new SluiceError(
    'counts-unbalanced',
    `The counts of import ${record.id} do not add up: ${JSON.stringify(record.counts)}. ` +
      'It is not marked done. This is a bug in Sluice: please report it with this message.',
    { data: { importId: record.id, counts: record.counts } },
  );
}

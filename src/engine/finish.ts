import { addCounts, type Counts, countsBalance, noCounts } from '../core/counts.ts';
import { SluiceError } from '../core/errors.ts';
import type { ChunkRecord, Failure, ImportRecord } from '../core/import.ts';
import type { Clock, Ledger, Results } from '../core/ports.ts';
import type { Emit } from './events.ts';

type Ports = { readonly ledger: Ledger; readonly results: Results; readonly clock: Clock };

/**
 * Counts a finished chunk in, and ends the import if it was the last. Answers whether the import is done. Any part of it may
 * have happened before. Throws `counts-unbalanced` rather than call an import done whose rows don't add up.
 */
export async function finish(ports: Ports, chunk: ChunkRecord, emit: Emit): Promise<boolean> {
  const { ledger, clock } = ports;
  const { counts, units } = chunk.checkpoint;
  const record = await ledger.countChunk(chunk.importId, chunk.index, counts, units);
  if (record.finishedChunks.length < record.chunkCount) return false;
  if (!countsBalance(record.counts)) throw unbalanced(record);
  const atMs = record.endedAtMs ?? clock.now();
  const report = await putReport(ports.results, record, {
    status: 'done',
    counts: record.counts,
    units: record.units,
    atMs,
    failure: null,
  });
  if (await ledger.end(record.id, { status: 'done', counts: record.counts, atMs })) {
    const { level, code } = ending(record.counts);
    emit({
      type: 'import done',
      level,
      importId: record.id,
      dataset: record.dataset,
      code,
      counts: record.counts,
      units: record.units,
      report,
    });
  }
  return true;
}

/** Ends the import as failed, with what was settled until then in the report. */
export async function fail(ports: Ports, record: ImportRecord, failure: Failure, emit: Emit): Promise<void> {
  const { ledger, clock, results } = ports;
  const chunks = await ledger.readChunks(record.id);
  const counts = chunks.reduce((sum, chunk) => addCounts(sum, chunk.checkpoint.counts), noCounts);
  const units = chunks.reduce((sum, chunk) => sum + chunk.checkpoint.units, 0);
  const atMs = clock.now();
  const report = await putReport(results, record, { status: 'failed', counts, units, atMs, failure });
  if (await ledger.end(record.id, { status: 'failed', failure, atMs })) {
    emit({
      type: 'import failed',
      level: 'error',
      importId: record.id,
      dataset: record.dataset,
      ...failure,
      counts,
      report,
    });
  }
}

export function rejectsFolder(record: Pick<ImportRecord, 'id' | 'dataset'>): string {
  return `rejects/${record.dataset}/${record.id}/`;
}

/** A file of nothing but a header is well-formed; somebody will want to know all the same. */
function ending(counts: Counts): { level: 'info' | 'warn'; code?: 'header-only' } {
  if (counts.read === 0) return { level: 'warn', code: 'header-only' };
  return { level: counts.rejected > 0 ? 'warn' : 'info' };
}

async function putReport(
  results: Results,
  record: ImportRecord,
  end: { status: 'done' | 'failed'; counts: Counts; units: number; atMs: number; failure: Failure | null },
): Promise<string> {
  const { atMs, ...rest } = end;
  const report = {
    import: record.id,
    dataset: record.dataset,
    datasetDigest: record.datasetDigest,
    object: record.object,
    ...rest,
    notice: end.status === 'done' ? (ending(end.counts).code ?? null) : null,
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

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
  const { counts, units } = chunk.checkpoint;
  const record = await ports.ledger.countChunk(chunk.importId, chunk.index, counts, units);
  if (record.finishedChunks.length < record.chunkCount) return false;
  if (record.status === 'failed' || record.status === 'superseded') return false;
  if (!countsBalance(record.counts)) throw unbalanced(record);
  const { isOurs, status, report } = await conclude(ports, record, {
    status: 'done',
    counts: record.counts,
    units: record.units,
    atMs: record.endedAtMs ?? ports.clock.now(),
    failure: null,
  });
  if (isOurs) {
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
      rejects: record.counts.rejected > 0 ? report.replace(/reports\/.*$/, rejectsFolder(record)) : null,
    });
  }
  return status === 'done';
}

/** Ends the import before its time, with what was settled until then in the report; nothing happens to one that has ended. */
export async function endEarly(
  ports: Ports,
  record: ImportRecord,
  end: { readonly status: 'failed' | 'superseded'; readonly failure: Failure },
  emit: Emit,
): Promise<void> {
  const settled = await settledOf(ports.ledger, record.id);
  const atMs = ports.clock.now();
  const { isOurs, report } = await conclude(ports, record, { ...end, ...settled, atMs });
  if (!isOurs) return;
  emit({
    type: `import ${end.status}`,
    level: end.status === 'failed' ? 'error' : 'warn',
    importId: record.id,
    dataset: record.dataset,
    ...end.failure,
    counts: settled.counts,
    report,
  });
}

export function rejectsFolder(record: Pick<ImportRecord, 'id' | 'dataset'>): string {
  return `rejects/${record.dataset}/${record.id}/`;
}

/** A file of nothing but a header is well-formed; somebody will want to know all the same. */
function ending(counts: Counts): { level: 'info' | 'warn'; code?: 'header-only' } {
  if (counts.read === 0) return { level: 'warn', code: 'header-only' };
  return { level: counts.rejected > 0 ? 'warn' : 'info' };
}

type Ending = {
  readonly status: 'done' | 'failed' | 'superseded';
  readonly counts: Counts;
  readonly units: number;
  readonly atMs: number;
  readonly failure: Failure | null;
};

/** The report first, so that an import that has ended has one. Should it have ended otherwise meanwhile, the report says so. */
async function conclude(
  { ledger, results }: Ports,
  record: ImportRecord,
  end: Ending,
): Promise<{ isOurs: boolean; status: ImportRecord['status']; report: string }> {
  const report = await putReport(results, record, end);
  if (await ledger.end(record.id, endOf(end))) return { isOurs: true, status: end.status, report };
  const known = await ledger.readImport(record.id);
  if (known !== null && known.status !== end.status) {
    const settled = known.status === 'done' ? known : await settledOf(ledger, known.id);
    const { failure, endedAtMs } = known;
    const status = known.status as Ending['status'];
    await putReport(results, known, {
      status,
      counts: settled.counts,
      units: settled.units,
      failure,
      atMs: endedAtMs ?? end.atMs,
    });
  }
  return { isOurs: false, status: known?.status ?? end.status, report };
}

function endOf({ status, counts, atMs, failure }: Ending): Parameters<Ledger['end']>[1] {
  if (status === 'done') return { status, counts, atMs };
  return { status, atMs, failure: failure! };
}

/** What is settled of an import that has not come to its end. */
async function settledOf(ledger: Ledger, importId: string): Promise<{ counts: Counts; units: number }> {
  const chunks = await ledger.readChunks(importId);
  return {
    counts: chunks.reduce((sum, chunk) => addCounts(sum, chunk.checkpoint.counts), noCounts),
    units: chunks.reduce((sum, chunk) => sum + chunk.checkpoint.units, 0),
  };
}

async function putReport(results: Results, record: ImportRecord, end: Ending): Promise<string> {
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

import type { Counts } from '../../core/imports/counts.ts';
import type { FaultTally } from '../../core/imports/fault-tally.ts';
import type { Failure, ImportRecord } from '../../core/imports/import.ts';
import type { Ledger, Results } from '../../core/ports.ts';
import { repairedOf } from '../repaired-of.ts';

/** The end of an import, as its report and its event have it. */
export type Ending = {
  readonly status: 'done' | 'failed' | 'superseded';
  readonly counts: Counts;
  readonly units: number;
  /** Of the rejected rows. */
  readonly faults: FaultTally;
  readonly atMs: number;
  readonly failure: Failure | null;
};

type Named = Pick<ImportRecord, 'id' | 'dataset'>;

/** The name prefix of the import's reject files in the results. */
export function rejectsFolder({ id, dataset }: Named): string {
  return `rejects/${dataset}/${id}/`;
}

function reportName({ id, dataset }: Named): string {
  return `reports/${dataset}/${id}.json`;
}

/** Writes the import's report over an earlier one. Returns its location. */
export async function putReport(
  { ledger, results }: { readonly ledger: Ledger; readonly results: Results },
  record: ImportRecord,
  end: Ending,
): Promise<string> {
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
    repairOf: record.repairOf,
    repaired: await repairedOf(ledger, record.id, end.counts.rejected),
  };
  const body = new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`);
  return results.put(reportName(record), body, 'application/json');
}

/** The location of the reject files, beside that of the report: a location ends with the name (`Results.put`). */
export function rejectsLocation(reportLocation: string, record: Named): string {
  return reportLocation.slice(0, -reportName(record).length) + rejectsFolder(record);
}

import { addCounts, noCounts } from '../core/imports/counts.ts';
import { type ChunkRecord, hasEnded, type ImportRecord } from '../core/imports/import.ts';
import { importUnknown } from '../core/imports/ledger-error.ts';
import type { Ledger } from '../core/ports.ts';
import { SluiceError } from '../core/errors.ts';
import { type DeploymentOptions, withLedger } from './deployment.ts';
import { faultsOf } from './import-notes.ts';
import { importText, type ImportStanding, listText, utc } from './import-text.ts';
import { print, printJson, terminalWidth } from './terminal.ts';

type StatusOptions = DeploymentOptions & { dataset?: string; limit: string; json: boolean };

/** A crashed loader's message comes again within two minutes. */
const SILENT_MS = 5 * 60_000;

/** Prints the latest imports, or one of them with its chunks. Throws `import-unknown`. */
export async function status(importId: string | undefined, options: StatusOptions): Promise<void> {
  const nowMs = Date.now();
  const view = { width: terminalWidth(), nowMs };
  await withLedger(options, async (ledger) => {
    if (importId === undefined) {
      const records = await ledger.listImports(options.dataset ?? null, parseLimit(options.limit));
      const imports = await Promise.all(records.map((record) => standingOf(ledger, record, nowMs)));
      if (options.json) printJson({ imports: imports.map(plain) });
      else if (imports.length === 0) print(noImports(options.dataset));
      else listText(imports, view).forEach(print);
      return;
    }
    const record = await ledger.readImport(importId);
    if (record === null) throw importUnknown(importId);
    const standing = await standingOf(ledger, record, nowMs);
    if (options.json) printJson({ ...plain(standing), chunks: standing.chunks });
    else importText(standing, view).forEach(print);
  });
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit;
  throw new SluiceError('configuration-invalid', `--limit must be a number from 1 to 1000, not '${text}'.`);
}

async function standingOf(ledger: Ledger, record: ImportRecord, nowMs: number): Promise<ImportStanding> {
  const chunks = await ledger.readChunks(record.id);
  const counts =
    record.status === 'done'
      ? record.counts
      : chunks.reduce((sum, { checkpoint }) => addCounts(sum, checkpoint.counts), noCounts);
  return { record, chunks, counts, notice: noticeOf(record, chunks, nowMs) };
}

function noticeOf(record: ImportRecord, chunks: readonly ChunkRecord[], nowMs: number): string | null {
  if (record.failure !== null) return `${record.failure.code}: ${record.failure.reason}`;
  if (hasEnded(record.status)) return null;
  const last =
    record.lastFailure === null ? null : `${record.lastFailure.code}: ${record.lastFailure.reason}`;
  if (record.status === 'stalled') return `${last} Fix the cause, then run: sluice retry ${record.id}`;
  if (last !== null) return `the last attempt failed, and is repeated: ${last}`;
  const sinceMs = silentSince(record, chunks, nowMs);
  if (sinceMs === null) return null;
  return `no lease renewal since ${utc(sinceMs)} UTC; if this persists, run: sluice retry ${record.id}`;
}

/** When the last lease ended, or the sweep first saw what it sees still; null: it is worked on, or waits for its turn. */
function silentSince({ watch }: ImportRecord, chunks: readonly ChunkRecord[], nowMs: number): number | null {
  const leases = chunks.flatMap(({ lease }) => (lease === null ? [] : [lease.untilMs]));
  const sinceMs = leases.length > 0 ? Math.max(...leases) : watch?.sinceMs;
  return sinceMs === undefined || nowMs - sinceMs < SILENT_MS ? null : sinceMs;
}

function plain({ record, chunks, counts, notice }: ImportStanding): object {
  return { ...record, counts, faults: faultsOf(chunks), notice };
}

function noImports(dataset: string | undefined): string {
  const whose = dataset === undefined ? '' : ` of a dataset '${dataset}'`;
  return `There are no imports${whose} yet: upload a file to the source bucket.`;
}

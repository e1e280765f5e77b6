import { addCounts, type Counts, noCounts } from '../core/counts.ts';
import { type ChunkRecord, hasEnded, type ImportRecord, objectName } from '../core/import.ts';
import { importUnknown } from '../core/ledger-error.ts';
import type { Ledger } from '../core/ports.ts';
import { SluiceError } from '../core/errors.ts';
import { type DeploymentOptions, withLedger } from './deployment.ts';
import { rejectsFolder } from '../engine/finish.ts';
import { countsLine, number } from './import-summary.ts';
import { print, printJson } from './terminal.ts';

type StatusOptions = DeploymentOptions & { dataset?: string; limit: string; json: boolean };

/** An import with what is settled of it so far, and what a person should know beside. */
type ImportStanding = {
  readonly record: ImportRecord;
  readonly chunks: readonly ChunkRecord[];
  readonly counts: Counts;
  readonly notice: string | null;
};

/** A crashed loader's message comes again within two minutes. */
const SILENT_MS = 5 * 60_000;

/** Prints the latest imports, or one of them with its chunks. Throws `import-unknown`. */
export async function status(importId: string | undefined, options: StatusOptions): Promise<void> {
  const nowMs = Date.now();
  await withLedger(options, async (ledger) => {
    if (importId === undefined) {
      const records = await ledger.listImports(options.dataset ?? null, parseLimit(options.limit));
      const imports = await Promise.all(records.map((record) => standingOf(ledger, record, nowMs)));
      if (options.json) printJson({ imports: imports.map(plain) });
      else printList(imports, options.dataset);
      return;
    }
    const record = await ledger.readImport(importId);
    if (record === null) throw importUnknown(importId);
    const standing = await standingOf(ledger, record, nowMs);
    if (options.json) printJson({ ...plain(standing), chunks: standing.chunks });
    else printOne(standing);
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
  if (record.status === 'stalled')
    return `its message failed too often; mend the cause (see the log), then: sluice retry ${record.id}`;
  if (hasEnded(record.status)) return null;
  const leases = chunks.flatMap(({ lease }) => (lease === null ? [] : [lease.untilMs]));
  const lastMs = Math.max(...leases);
  if (leases.length === 0 || nowMs - lastMs < SILENT_MS) return null;
  return `nobody has loaded it since ${new Date(lastMs).toISOString()}; if that lasts: sluice retry ${record.id}`;
}

function plain({ record, counts, notice }: ImportStanding): object {
  return { ...record, counts, notice };
}

function printList(imports: readonly ImportStanding[], dataset: string | undefined): void {
  if (imports.length === 0) {
    const whose = dataset === undefined ? '' : ` of a dataset '${dataset}'`;
    print(`There are no imports${whose} yet: drop a file into the source bucket.`);
    return;
  }
  const head = [
    'IMPORT',
    'DATASET',
    'STATUS',
    'READ',
    'WRITTEN',
    'REJECTED',
    'SUPERSEDED',
    'SKIPPED',
    'QUEUED',
    'OBJECT',
  ];
  const rows = imports.map(({ record, counts }) => [
    record.id,
    record.dataset,
    record.status,
    number(counts.read),
    number(counts.written),
    number(counts.rejected),
    number(counts.superseded),
    number(counts.skipped),
    new Date(record.queuedAtMs).toISOString().slice(0, 19),
    record.object.key,
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  for (const row of [head, ...rows]) {
    print(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    );
  }
  for (const { record, notice } of imports) {
    if (notice === null) continue;
    print('');
    print(`${record.id}: ${notice}`);
  }
}

function printOne({ record, chunks, counts, notice }: ImportStanding): void {
  const { object } = record;
  print(`${record.id}: ${record.status}`);
  print(`  ${objectName(object)}, ${number(object.sizeBytes)} bytes, dataset ${record.dataset}`);
  print(`  ${countsLine({ counts })}`);
  if (notice !== null) print(`  ${notice}`);
  if (counts.rejected > 0)
    print(`  rejected rows, with reasons: in the results, under ${rejectsFolder(record)}`);
  for (const chunk of chunks) print(`  chunk ${chunk.index}: ${chunkLine(chunk)}`);
}

function chunkLine({ startBytes, endBytes, checkpoint, lease, finished }: ChunkRecord): string {
  if (finished) return `finished, ${number(checkpoint.counts.read)} rows`;
  const percent = ((checkpoint.offsetBytes - startBytes) / Math.max(1, endBytes - startBytes)) * 100;
  const share = endBytes === Infinity ? 'of the inflated text' : `(${percent.toFixed(1)} %)`;
  const who = lease === null ? '' : `, leased until ${new Date(lease.untilMs).toISOString()}`;
  return `at byte ${number(checkpoint.offsetBytes)} ${share}, line ${number(checkpoint.line)}${who}`;
}

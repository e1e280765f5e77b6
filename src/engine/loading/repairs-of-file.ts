import type { RepairColumn } from '../../core/csv/header/reject-columns.ts';
import type { Dataset } from '../../core/dataset/dataset.ts';
import type { ImportRecord } from '../../core/imports/import.ts';
import { type Warning, warning } from '../../core/imports/warning.ts';
import type { Ledger } from '../../core/ports.ts';
import type { FileHeader } from '../file/file-header.ts';

/** So many of the latest imports of a dataset are looked at. */
const LATEST_IMPORTS = 100;

/**
 * The imports that a reject file repairs, of those that its header names: they must be in the ledger, of the same dataset. Records them
 * in the import. `warnings`: what a person should know of the repair.
 */
export async function repairsOfFile(
  { ledger }: { readonly ledger: Ledger },
  dataset: Dataset,
  record: ImportRecord,
  { repairs: named }: FileHeader,
): Promise<{ readonly repairs: readonly RepairColumn[]; readonly warnings: readonly Warning[] }> {
  if (named === null) return { repairs: [], warnings: [] };
  const repairs: RepairColumn[] = [];
  let original: ImportRecord | null = null;
  for (const column of named) {
    const known = await ledger.readImport(column.importId);
    if (known?.dataset !== record.dataset) continue;
    repairs.push(column);
    original = known;
  }
  if (original === null) return { repairs, warnings: [unknown(named, record)] };
  const repairOf = repairs.map(({ importId }) => importId);
  if (record.repairOf.length === 0) await ledger.noteRepairOf(record.id, repairOf);
  const newer = await newerImport(ledger, dataset, record, original);
  return { repairs, warnings: newer === null ? [] : [behind(original, newer)] };
}

/**
 * An import that began after the one that is repaired, and that is no repair itself; null: none of the latest. Where every item has
 * `newer_by`, or is only inserted, the table keeps what is newer.
 */
async function newerImport(
  ledger: Ledger,
  { items }: Dataset,
  { id, dataset }: ImportRecord,
  original: ImportRecord,
): Promise<ImportRecord | null> {
  if (items.every(({ write }) => write.newer_by !== null || write.mode === 'insert')) return null;
  const latest = await ledger.listImports(dataset, LATEST_IMPORTS);
  const isNewer = (one: ImportRecord): boolean =>
    one.id !== id && one.queuedAtMs > original.queuedAtMs && one.repairOf.length === 0;
  return latest.find(isNewer) ?? null;
}

function unknown(named: readonly RepairColumn[], { dataset }: ImportRecord): Warning {
  const which =
    named.length === 0 ? 'no import' : `import ${named.map(({ importId }) => importId).join(', ')}`;
  return warning(
    'repair-unknown',
    `The file is a reject file, and its header names ${which}: the ledger has no such import of dataset '${dataset}'. Its rows are loaded, and count as repaired nowhere.`,
  );
}

function behind(original: ImportRecord, newer: ImportRecord): Warning {
  return warning(
    'repair-behind-newer',
    `The rows are of import ${original.id}, and a later file of the dataset was loaded meanwhile (import ${newer.id}, ${newer.object.key}). Where both have a key, the older row of this file replaces the newer one. write.newer_by prevents that.`,
  );
}

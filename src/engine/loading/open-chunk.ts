import type { RepairColumn } from '../../core/csv/header/reject-columns.ts';
import type { Dataset, InvalidDataset } from '../../core/dataset/dataset.ts';
import { checkTableShape, type TableShape, withIndexesOf } from '../../core/dataset/table-shape.ts';
import { matchHeader } from '../../core/rows/header/match-header.ts';
import type { MappingContext } from '../../core/rows/mapping.ts';
import { forRepair } from '../../core/imports/reject-limit.ts';
import type { ChunkRecord, ImportRecord } from '../../core/imports/import.ts';
import type { Ledger, Source } from '../../core/ports.ts';
import { datasetOfImport } from '../dataset/dataset-of-import.ts';
import { type Warning, warning } from '../../core/imports/warning.ts';
import type { Emit } from '../events.ts';
import { type FileHeader, readFileHeader } from '../file/file-header.ts';
import { repairsOfFile } from './repairs-of-file.ts';
import { loadLibraries } from '../dataset/libraries.ts';
import { loadTransform } from '../dataset/load-transform.ts';

type Ports = {
  readonly source: Source;
  readonly ledger: Ledger;
  readonly describeTable: (dataset: Dataset) => Promise<TableShape>;
};

/** A claimed chunk with what its rows are read by: the dataset with the format that the file has. */
export type OpenChunk = {
  readonly dataset: Dataset;
  readonly header: FileHeader;
  readonly context: MappingContext;
  /** Empty: it is no reject file of a known import. */
  readonly repairs: readonly RepairColumn[];
};

/**
 * Finds the dataset, reads the file's header, and loads what the dataset's rules need, for a claimed chunk. Throws what
 * `datasetOfImport`, `describeTable`, `checkTableShape`, `readFileHeader`, `matchHeader` and `loadTransform` throw.
 */
export async function openChunk(
  ports: Ports,
  datasets: readonly (Dataset | InvalidDataset)[],
  record: ImportRecord,
  chunk: ChunkRecord,
  emit: Emit,
): Promise<OpenChunk> {
  const dataset = await checkedDataset(ports, await datasetOfImport(ports.ledger, datasets, record, emit));
  const header = await readFileHeader(ports.source, record.object, dataset);
  const { repairs, warnings } = await repairsOfFile(ports, dataset, record, header);
  await recordWarnings(
    ports,
    record,
    [...header.warnings, ...columnWarnings(dataset, header), ...warnings],
    emit,
  );
  emit({
    type: chunk.checkpoint.offsetBytes === chunk.startBytes ? 'chunk started' : 'chunk resumed',
    level: 'info',
    importId: record.id,
    key: record.object.key,
    chunk: chunk.index,
    epoch: chunk.epoch,
    offsetBytes: chunk.checkpoint.offsetBytes,
  });
  const { name, transform } = dataset;
  const context: MappingContext = {
    facts: {
      file: record.object.key,
      importId: record.id,
      importedAt: new Date(record.queuedAtMs).toISOString(),
    },
    libraries: await loadLibraries(dataset),
    transform: transform === null ? null : await loadTransform(name, transform.code),
  };
  const limited = repairs.length > 0 ? forRepair(dataset) : dataset;
  return { dataset: { ...limited, format: header.format }, header, context, repairs };
}

/** Warns of optional columns that the header lacks. Throws if it lacks a column that the dataset needs. */
function columnWarnings(dataset: Dataset, header: FileHeader): readonly Warning[] {
  const { missing } = matchHeader(dataset, header.names);
  if (missing.length === 0) return [];
  const further = missing.length > 20 ? ` and ${missing.length - 20} more` : '';
  return [
    warning(
      'columns-missing',
      `The header lacks the optional columns ${missing.slice(0, 20).join(', ')}${further}.`,
    ),
  ];
}

/** The dataset with the indexes of its table, where the deployment has not created the table. */
async function checkedDataset(ports: Ports, dataset: Dataset): Promise<Dataset> {
  if (dataset.table.existing === null) return dataset;
  const shape = await ports.describeTable(dataset);
  checkTableShape(dataset, shape);
  return withIndexesOf(dataset, shape);
}

/** Adds warnings that the import does not have yet to the ledger and the log. */
export async function recordWarnings(
  { ledger }: Pick<Ports, 'ledger'>,
  record: ImportRecord,
  warnings: readonly Warning[],
  emit: Emit,
): Promise<void> {
  const fresh = warnings.filter(({ code }) => !record.warnings.some((known) => known.code === code));
  if (fresh.length === 0) return;
  await ledger.warn(record.id, fresh);
  for (const { code, text } of fresh) {
    emit({
      type: 'import warning',
      level: 'warn',
      importId: record.id,
      key: record.object.key,
      dataset: record.dataset,
      code,
      reason: text,
    });
  }
}

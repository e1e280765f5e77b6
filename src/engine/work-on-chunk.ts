import type { Dataset, InvalidDataset } from '../core/dataset/dataset.ts';
import { missingColumns } from '../core/rows/header-columns.ts';
import type { Checkpoint, ImportRecord } from '../core/imports/import.ts';
import { type ChunkEnd, loadChunk } from './chunk-loader.ts';
import { datasetOfImport } from './dataset-of-import.ts';
import { type Warning, warning } from '../core/imports/warning.ts';
import type { Emit } from './events.ts';
import { type FileHeader, readFileHeader } from './file-header.ts';
import { type Claim, createKeeper } from './keeper.ts';
import type { LoadOptions, LoadPorts } from './load.ts';

/**
 * Loads a claimed chunk by its dataset and its file's header. Throws what `datasetOfImport` throws, what is wrong with the header, and what
 * `loadChunk` throws.
 */
export async function workOnChunk(
  ports: LoadPorts,
  datasets: readonly (Dataset | InvalidDataset)[],
  record: ImportRecord,
  claim: Claim,
  { deadlineMs, stop, receipt, emit }: LoadOptions,
): Promise<{ checkpoint: Checkpoint; end: ChunkEnd }> {
  const { source, clock } = ports;
  const { chunk } = claim;
  const dataset = await datasetOfImport(ports.ledger, datasets, record, emit);
  const header = await readFileHeader(source, record.object, dataset);
  await keepWarnings(ports, record, [...header.warnings, ...columnWarnings(dataset, header)], emit);
  emit({
    type: chunk.checkpoint.offsetBytes === chunk.startBytes ? 'chunk started' : 'chunk resumed',
    level: 'info',
    importId: record.id,
    key: record.object.key,
    chunk: chunk.index,
    epoch: chunk.epoch,
    offsetBytes: chunk.checkpoint.offsetBytes,
  });
  const { warnings, ...loaded } = await loadChunk({
    source,
    table: ports.table(dataset),
    clock,
    dataset,
    record,
    chunk,
    header,
    keeper: createKeeper({ ports, dataset, record, header, claim, receipt }),
    deadlineMs,
    stop,
    onProgress: (progress) =>
      emit({ type: 'chunk progress', level: 'debug', importId: record.id, chunk: chunk.index, ...progress }),
  });
  await keepWarnings(ports, record, warnings, emit);
  return loaded;
}

/** Of the optional columns that the header lacks. Throws where it lacks what the dataset needs. */
function columnWarnings(dataset: Dataset, header: FileHeader): readonly Warning[] {
  const missing = missingColumns(dataset, header.names);
  if (missing.length === 0) return [];
  const further = missing.length > 20 ? ` and ${missing.length - 20} more` : '';
  return [
    warning(
      'columns-missing',
      `The header lacks the optional columns ${missing.slice(0, 20).join(', ')}${further}.`,
    ),
  ];
}

/** Puts what the import does not have yet into the ledger, and into the log. */
async function keepWarnings(
  { ledger }: LoadPorts,
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

import type { Dataset, InvalidDataset } from '../core/dataset.ts';
import { missingColumns } from '../core/header-columns.ts';
import type { Checkpoint, ImportRecord } from '../core/import.ts';
import { type ChunkEnd, loadChunk } from './chunk-loader.ts';
import { datasetOfImport } from './dataset-of-import.ts';
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
  compareColumns(dataset, header, record, emit);
  emit({
    type: chunk.checkpoint.offsetBytes === chunk.startBytes ? 'chunk begun' : 'chunk resumed',
    level: 'info',
    importId: record.id,
    key: record.object.key,
    chunk: chunk.index,
    epoch: chunk.epoch,
    offsetBytes: chunk.checkpoint.offsetBytes,
  });
  return loadChunk({
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
}

/** Throws where the header lacks what the dataset needs. */
function compareColumns(dataset: Dataset, header: FileHeader, record: ImportRecord, emit: Emit): void {
  const missing = missingColumns(dataset, header.names);
  if (missing.length === 0) return;
  emit({
    type: 'optional columns missing',
    level: 'warn',
    importId: record.id,
    key: record.object.key,
    dataset: dataset.name,
    missing,
    header: header.names.slice(0, 100),
  });
}

import { type Dataset, type InvalidDataset, readResolved } from '../../core/dataset/dataset.ts';
import { SluiceError } from '../../core/errors.ts';
import type { ImportRecord } from '../../core/imports/import.ts';
import type { Ledger } from '../../core/ports.ts';
import type { Emit } from '../events.ts';

/**
 * The dataset as it was when the import began: the deployed one if it is still the same, otherwise the one that the ledger keeps
 * under the import's digest. So an import ends with the types that it began with, whatever is deployed meanwhile. Throws
 * `dataset-missing`, and `dataset-invalid` for a document that this program cannot read.
 */
export async function datasetOfImport(
  ledger: Ledger,
  datasets: readonly (Dataset | InvalidDataset)[],
  record: ImportRecord,
  emit: Emit,
): Promise<Dataset> {
  const { id, dataset: name, datasetDigest: digest } = record;
  for (const dataset of datasets) {
    if ('digest' in dataset && dataset.name === name && dataset.digest === digest) return dataset;
  }
  const text = await ledger.readDataset(digest);
  if (text === null) {
    throw new SluiceError(
      'dataset-missing',
      `Import ${id} began with dataset '${name}' as it was under the digest ${digest}. Another version is deployed now, and the ledger has no document with this digest. Upload the file again: it is then loaded with the deployed version.`,
      { data: { importId: id, dataset: name, digest } },
    );
  }
  emit({ type: 'earlier dataset used', level: 'info', importId: id, dataset: name, datasetDigest: digest });
  return readResolved(JSON.parse(text));
}

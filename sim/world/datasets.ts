import { type Dataset, parseDatasets } from '../../src/core/dataset/dataset.ts';
import type { Plan } from './plan.ts';

/** Chunks are smaller than the schema allows, because the files are smaller. */
export function datasetsOf({ mode, sortKey, cut, maxRejects, inOrder }: Plan): readonly Dataset[] {
  const document = {
    source: { prefix: 'in/', suffix: '' },
    columns: { n: { type: 'number' }, ok: { type: 'boolean' } },
    table: {
      partition_key: 'id',
      ...(sortKey ? { sort_key: 's' } : {}),
      ...(mode?.kind === 'provisioned' ? { write_units: mode.units } : { billing: 'on_demand' }),
    },
    load: {
      ...(inOrder ? { files: 'in_order' } : {}),
      ...(cut === null ? {} : { rows: 'parallel', max_parallel: cut.parallel }),
      ...(maxRejects === null ? {} : { max_rejects: maxRejects }),
    },
  };
  const datasets = parseDatasets({ sim: document });
  if (cut === null) return datasets;
  return datasets.map((dataset) => ({
    ...dataset,
    load: { ...dataset.load, chunk_mb: cut.chunkBytes / 1024 ** 2 },
  }));
}

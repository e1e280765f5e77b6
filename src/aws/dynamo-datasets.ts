import type { Ledger } from '../core/ports.ts';
import type { DynamoRecords } from './ledger/dynamo-records.ts';
import { datasetKey } from './ledger/ledger-item.ts';

/** The ledger's resolved datasets, by digest. They do not expire: there are few, and any import may need its own. */
export function dynamoDatasets(records: DynamoRecords): Pick<Ledger, 'keepDataset' | 'readDataset'> {
  /** So that a process asks once, and not for each object. */
  const kept = new Set<string>();
  return {
    async keepDataset(digest, text) {
      if (kept.has(digest)) return;
      await records.add({ ...datasetKey(digest), document: { S: text } });
      kept.add(digest);
    },

    async readDataset(digest) {
      const item = await records.get(datasetKey(digest));
      return item?.['document']?.S ?? null;
    },
  };
}

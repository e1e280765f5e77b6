import type { Ledger } from '../../core/ports.ts';
import type { DynamoRecords, RecordKey } from './dynamo-records.ts';

/** The ledger's resolved datasets, by digest. They do not expire: there are few, and any import may need its own. */
export function dynamoDatasets(records: DynamoRecords): Pick<Ledger, 'keepDataset' | 'readDataset'> {
  /** Digests that this process has stored: it stores each once, not for each object. */
  const stored = new Set<string>();
  return {
    async keepDataset(digest, text) {
      if (stored.has(digest)) return;
      await records.add({ ...datasetKey(digest), document: { S: text } });
      stored.add(digest);
    },

    async readDataset(digest) {
      const item = await records.get(datasetKey(digest));
      return item?.['document']?.S ?? null;
    },
  };
}

function datasetKey(digest: string): RecordKey {
  return { pk: { S: `dataset#${digest}` }, sk: { S: 'document' } };
}

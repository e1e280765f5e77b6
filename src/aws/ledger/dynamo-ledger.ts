import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { hasEnded, type ImportRecord, type NewImport, type ChunkRange } from '../../core/imports/import.ts';
import { newImport } from '../../core/imports/import-transitions.ts';
import type { Ledger } from '../../core/ports.ts';
import { dynamoChunks } from './dynamo-chunks.ts';
import { dynamoDatasets } from './dynamo-datasets.ts';
import { dynamoFeeds } from './dynamo-feeds.ts';
import { dynamoImports } from './dynamo-imports.ts';
import { dynamoKeys } from './dynamo-keys.ts';
import { dynamoOrder } from './dynamo-order.ts';
import { dynamoRecords } from './dynamo-records.ts';
import { dynamoRepairs } from './dynamo-repairs.ts';
import { DEFAULT_RETENTION_DAYS, expiryAfter } from './expiry.ts';
import { importKey, newImportItem, planOf, readImportItem } from './import-item.ts';

/**
 * The ledger in a DynamoDB table with the keys `pk`, `sk` and the indexes `by-dataset`, `by-time`, `open`. Every change is one
 * conditional write; after a refusal the record as it then stood decides the answer. `listImports` and `listOpen` read an index
 * and may lag by a moment. Records of imports expire `retentionDays` after the import's end, by the attribute `expiresAt`
 * (0: never). Those of chunks and keys must outlive any import that is under way, and expire a year later.
 */
export function dynamoLedger(options: {
  client: DynamoDBClient;
  table: string;
  retentionDays?: number;
}): Ledger {
  const records = dynamoRecords(options);
  const expiry = expiryAfter(options.retentionDays ?? DEFAULT_RETENTION_DAYS);
  const { addChunks, ...chunkMethods } = dynamoChunks(records, expiry);
  return {
    register,
    ...chunkMethods,
    ...dynamoImports(records, expiry),
    ...dynamoKeys(records, expiry),
    ...dynamoOrder(records, expiry),
    ...dynamoRepairs(records, expiry),
    ...dynamoDatasets(records),
    ...dynamoFeeds(records),
  };

  async function register(
    registration: NewImport,
    chunks: readonly ChunkRange[],
  ): Promise<{ record: ImportRecord; isNew: boolean }> {
    const { id } = registration;
    const record = newImport(registration, chunks.length);
    const item = newImportItem(record, chunks);
    if (await records.add(item)) {
      await addChunks(id, [...chunks.entries()], record.queuedAtMs);
      return { record, isNew: true };
    }
    const knownItem = (await records.get(importKey(id))) ?? item;
    const known = readImportItem(knownItem);
    if (!hasEnded(known.status)) {
      const existing = new Set((await chunkMethods.readChunks(id)).map(({ index }) => index));
      const missing = [...planOf(knownItem).entries()].filter(([index]) => !existing.has(index));
      await addChunks(id, missing, known.queuedAtMs);
    }
    return { record: known, isNew: false };
  }
}

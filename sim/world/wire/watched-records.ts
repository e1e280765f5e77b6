import { chunkKey, readChunkItem } from '../../../src/aws/ledger/chunk-item.ts';
import { importKey, planOf, readImportItem } from '../../../src/aws/ledger/import-item.ts';
import type { Item } from '../../../src/aws/ledger/dynamo-records.ts';
import type { ImportRecord } from '../../../src/core/imports/import.ts';
import type { LedgerWatch } from '../ledger-watch.ts';
import type { WireItem } from './dynamodb-store.ts';

/** Derives from the item before and after a write what has changed in the ledger, and reports it to the watch. */
export function watchRecords(watch: LedgerWatch): (before: WireItem | null, after: WireItem) => void {
  return (before, after) => {
    const sortKey = after['sk']!['S'] as string;
    if (sortKey === IMPORT_KEY) seeImport(before, after);
    else if (sortKey.startsWith(CHUNK_PREFIX) && before !== null) seeChunk(before, after);
  };

  function seeImport(before: WireItem | null, after: WireItem): void {
    const record = readImportItem(itemOf(after));
    if (before === null) watch.registered(record.id, planOf(itemOf(after)));
    const wasDone = before !== null && readImportItem(itemOf(before)).status === 'done';
    if (record.status === 'done' && !wasDone) watch.done(record.id, record.counts);
  }

  function seeChunk(before: WireItem, after: WireItem): void {
    const { record: was } = readChunkItem(itemOf(before));
    const { record: is } = readChunkItem(itemOf(after));
    const owner = is.lease?.owner ?? was.lease?.owner;
    if (owner === undefined) return;
    const lease = { importId: is.importId, chunk: is.index, owner };
    if (is.lease === null) {
      if (is.finished) watch.finished(lease, is.checkpoint);
      else watch.released(lease, is.checkpoint, is.epoch);
    } else if (was.lease?.owner === owner) {
      watch.checkpointed(lease, is.checkpoint, is.lease.untilMs);
    } else {
      watch.claimed(lease, { epoch: is.epoch, untilMs: is.lease.untilMs }, is.checkpoint);
    }
  }
}

/** All imports in the table, also those that the indexes do not show yet. */
export function importsIn(items: ReadonlyMap<string, WireItem>): readonly ImportRecord[] {
  return [...items.values()]
    .filter((item) => item['sk']!['S'] === IMPORT_KEY)
    .map((item) => readImportItem(itemOf(item)));
}

const IMPORT_KEY = importKey('').sk.S;
const CHUNK_PREFIX = chunkKey('', 0).sk.S.replace(/\d+$/, '');

/** As an SDK client reads it: binary values are bytes. */
function itemOf(item: WireItem): Item {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      'B' in value ? { B: Buffer.from(value['B'] as string, 'base64') } : value,
    ]),
  ) as unknown as Item;
}

import { keyRecord, type KeyState, takeKey } from '../../core/imports/key-transitions.ts';
import type { Ledger } from '../../core/ports.ts';
import type { KeyRecord, ObjectKey } from '../../core/imports/import.ts';
import { type DynamoRecords, type Item, type RecordKey, setting, valuesOf } from './dynamo-records.ts';
import type { Expiry } from './expiry.ts';
import { text } from './item-values.ts';

/** The ledger's records of keys: which import loads the newest version. */
export function dynamoKeys(
  records: DynamoRecords,
  expiry: Expiry,
): Pick<Ledger, 'takeKey' | 'readKey' | 'clearKey'> {
  return {
    async takeKey(object, importId, nowMs): Promise<KeyRecord> {
      // A write is refused only if another import has taken the key since the read, and a key has few imports at a time.
      for (;;) {
        const item = await records.get(objectKey(object));
        const known = item === null ? null : readKeyItem(item);
        const taken = takeKey(known, importId, object.sequencer);
        if (taken === known) return keyRecord(taken);
        const attributes = { ...keyAttributes(taken), ...expiry.ofOpenImport(nowMs) };
        if (known === null) {
          if (await records.add({ ...objectKey(object), ...attributes })) return keyRecord(taken);
          continue;
        }
        const { changed } = await records.change(objectKey(object), {
          update: `SET ${setting(attributes)}`,
          condition: '#importId = :known',
          values: { ...valuesOf(attributes), ':known': { S: known.importId } },
        });
        if (changed) return keyRecord(taken);
      }
    },

    async readKey(object) {
      const item = await records.get(objectKey(object));
      return item === null ? null : keyRecord(readKeyItem(item));
    },

    async clearKey(object, importId) {
      await records.change(objectKey(object), {
        update: 'SET #previous = :none',
        condition: '#importId = :importId',
        values: { ':importId': { S: importId }, ':none': { L: [] } },
      });
    },
  };
}

/** A bucket name has at most 63 bytes and a key 1,024; a partition key may have 2,048. */
function objectKey({ bucket, key }: ObjectKey): RecordKey {
  return { pk: { S: `object#${bucket}/${key}` }, sk: { S: 'newest' } };
}

function keyAttributes({ importId, previous, order }: KeyState): Item {
  return {
    importId: { S: importId },
    sequencer: { S: order },
    previous: { L: previous.map((id) => ({ S: id })) },
  };
}

function readKeyItem(item: Item): KeyState {
  return {
    importId: text(item, 'importId'),
    previous: (item['previous']?.L ?? []).flatMap(({ S }) => S ?? []),
    order: text(item, 'sequencer'),
  };
}

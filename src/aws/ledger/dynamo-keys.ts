import { sequencerOrder } from '../../core/imports/import.ts';
import type { KeyRecord, Ledger, ObjectKey } from '../../core/ports.ts';
import { type DynamoRecords, type Item, setting, valuesOf } from './dynamo-records.ts';
import { keyAttributes, objectKey, readKeyItem } from './ledger-item.ts';

/** The ledger's records of keys: which version is the newest. `expiryFrom`: the attributes by which a record of that time expires. */
export function dynamoKeys(
  records: DynamoRecords,
  expiryFrom: (nowMs: number) => Item,
): Pick<Ledger, 'takeKey' | 'readKey' | 'clearKey'> {
  return { takeKey, readKey, clearKey };

  async function takeKey(
    object: ObjectKey & { sequencer: string },
    importId: string,
    nowMs: number,
  ): Promise<KeyRecord> {
    const order = sequencerOrder(object.sequencer);
    const expiry = expiryFrom(nowMs);
    // Who is refused was overtaken by another import of the key, and there are only so many of these.
    for (;;) {
      const item = await records.get(objectKey(object));
      if (item === null) {
        const first = { ...keyAttributes({ importId, previous: [], order }), ...expiry };
        if (await records.add({ ...objectKey(object), ...first })) return { importId, previous: [] };
        continue;
      }
      const { order: knownOrder, ...known } = readKeyItem(item);
      if (known.importId === importId || knownOrder >= order) return known;
      const taken = { importId, previous: [known.importId, ...known.previous] };
      const attributes = { ...keyAttributes({ ...taken, order }), ...expiry };
      const { changed } = await records.change(objectKey(object), {
        update: `SET ${setting(attributes)}`,
        condition: '#importId = :known',
        values: { ...valuesOf(attributes), ':known': { S: known.importId } },
      });
      if (changed) return taken;
    }
  }

  async function readKey(object: ObjectKey): Promise<KeyRecord | null> {
    const item = await records.get(objectKey(object));
    if (item === null) return null;
    const { importId, previous } = readKeyItem(item);
    return { importId, previous };
  }

  async function clearKey(object: ObjectKey, importId: string): Promise<void> {
    await records.change(objectKey(object), {
      update: 'SET #previous = :none',
      condition: '#importId = :importId',
      values: { ':importId': { S: importId }, ':none': { L: [] } },
    });
  }
}

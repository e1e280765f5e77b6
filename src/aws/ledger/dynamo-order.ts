import { isSameTurn, noTurn, type Turn } from '../../core/imports/order.ts';
import type { Ledger } from '../../core/ports.ts';
import {
  type DynamoRecords,
  type Item,
  removing,
  setting,
  type RecordKey,
  valuesOf,
} from './dynamo-records.ts';
import type { Expiry } from './expiry.ts';
import { number, numberOf, optionalNumber, optionalText, text } from './item-values.ts';

const PLACE = 'waits#';

/**
 * The imports of datasets that load their files in order: a record for each import's place, and one for the dataset's turn, which
 * changes only from the state that was read. Places stay when the turn has moved on: they are read from the turn's place onwards.
 */
export function dynamoOrder(
  records: DynamoRecords,
  expiry: Expiry,
): Pick<Ledger, 'takePlace' | 'nextPlace' | 'lastPlace' | 'readTurn' | 'changeTurn'> {
  return {
    async takePlace(dataset, { place, importId }, nowMs) {
      await records.add({
        ...placeKey(dataset, place),
        importId: { S: importId },
        ...expiry.ofOpenImport(nowMs),
      });
    },

    async nextPlace(dataset, after) {
      const [item] = await records.query({
        condition: '#pk = :pk AND #sk > :after',
        values: { ':pk': turnKey(dataset).pk, ':after': placeKey(dataset, after).sk },
        limit: 1,
      });
      return item === undefined ? null : readPlace(item);
    },

    async lastPlace(dataset) {
      const [item] = await records.query({
        condition: '#pk = :pk AND begins_with(#sk, :prefix)',
        values: { ':pk': turnKey(dataset).pk, ':prefix': { S: PLACE } },
        limit: 1,
        descending: true,
      });
      return item === undefined ? null : readPlace(item);
    },

    async readTurn(dataset) {
      const item = await records.get(turnKey(dataset));
      return item === null ? noTurn : readTurnItem(item);
    },

    async changeTurn(dataset, from, to) {
      const { written, removed } = turnAttributes(to);
      if (from.serial === 0 && (await records.add({ ...turnKey(dataset), ...written }))) return true;
      const { changed, item } = await records.change(turnKey(dataset), {
        update: `SET ${setting(written)} ${removing(removed)}`,
        condition: '#serial = :known',
        values: { ...valuesOf(written), ':known': numberOf(from.serial) },
      });
      return changed || (item !== null && isSameTurn(readTurnItem(item), to));
    },
  };
}

function turnKey(dataset: string): RecordKey {
  return { pk: { S: `order#${dataset}` }, sk: { S: 'turn' } };
}

/** Sorts after `turn`, so that a query for places finds nothing else. */
function placeKey(dataset: string, place: string): RecordKey {
  return { pk: turnKey(dataset).pk, sk: { S: `${PLACE}${place}` } };
}

function readPlace(item: Item): { place: string; importId: string } {
  return { place: text(item, 'sk').slice(PLACE.length), importId: text(item, 'importId') };
}

function turnAttributes({ serial, importId, place, previous, blockedSinceMs }: Turn): {
  written: Item;
  removed: readonly string[];
} {
  return {
    written: {
      serial: numberOf(serial),
      place: { S: place },
      previous: { L: previous.map((id) => ({ S: id })) },
      ...(importId === null ? {} : { importId: { S: importId } }),
      ...(blockedSinceMs === null ? {} : { blockedSinceMs: numberOf(blockedSinceMs) }),
    },
    removed: [
      ...(importId === null ? ['importId'] : []),
      ...(blockedSinceMs === null ? ['blockedSinceMs'] : []),
    ],
  };
}

function readTurnItem(item: Item): Turn {
  return {
    serial: number(item, 'serial'),
    importId: optionalText(item, 'importId'),
    place: text(item, 'place'),
    previous: (item['previous']?.L ?? []).flatMap(({ S }) => S ?? []),
    blockedSinceMs: optionalNumber(item, 'blockedSinceMs'),
  };
}

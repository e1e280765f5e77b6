import { hasEnded } from '../../core/imports/import.ts';
import { type ImportChange, importChanges } from '../../core/imports/import-transitions.ts';
import { countsUnbalanced, importUnknown } from '../../core/imports/ledger-error.ts';
import type { Ledger } from '../../core/ports.ts';
import { noCounts } from '../../core/imports/counts.ts';
import { type Change, type DynamoRecords, type Item, removing, setting, valuesOf } from './dynamo-records.ts';
import type { Expiry } from './expiry.ts';
import { changedAttributes, FEED, importKey, OPEN, readImportItem, warningSet } from './import-item.ts';
import { countAttributes, numberOf } from './item-values.ts';

const COUNTS = Object.keys(countAttributes(noCounts));
/** Every chunk is counted, and the sums are the given ones. */
const COUNTED = `attribute_exists(#finishedChunks) AND size(#finishedChunks) = #chunkCount AND ${COUNTS.map((name) => `#${name} = :${name}`).join(' AND ')}`;

/** The ledger's records of imports, once they are registered. */
export function dynamoImports(
  records: DynamoRecords,
  expiry: Expiry,
): Pick<
  Ledger,
  | 'readImport'
  | 'listImports'
  | 'listOpen'
  | 'begin'
  | 'mark'
  | 'noteFailure'
  | 'noteWatch'
  | 'move'
  | 'noteRepairOf'
  | 'countChunk'
  | 'end'
  | 'warn'
  | 'close'
> {
  return {
    async readImport(importId) {
      const item = await records.get(importKey(importId));
      return item === null ? null : readImportItem(item);
    },

    async listImports(dataset, limit) {
      const items = await records.query({
        ...(dataset === null
          ? { index: 'by-time', condition: '#feed = :feed', values: { ':feed': { S: FEED } } }
          : {
              index: 'by-dataset',
              condition: '#dataset = :dataset',
              values: { ':dataset': { S: dataset } },
            }),
        limit,
        descending: true,
      });
      return items.map(readImportItem);
    },

    async listOpen(limit, after) {
      const partition = { S: OPEN };
      const items = await records.query({
        index: 'open',
        condition: '#open = :open',
        values: { ':open': partition },
        limit,
        ...(after === null
          ? {}
          : { after: { ...importKey(after.id), open: partition, queuedAtMs: numberOf(after.queuedAtMs) } }),
      });
      return items.map(readImportItem);
    },

    async begin(importId, nowMs) {
      await change(importId, importChanges.begin(nowMs));
    },

    async mark(importId, status, failure) {
      await change(importId, importChanges.mark(status, failure));
    },

    async noteFailure(importId, failure) {
      await change(importId, importChanges.noteFailure(failure));
    },

    async noteWatch(importId, watch) {
      await change(importId, importChanges.noteWatch(watch));
    },

    async move(importId, place) {
      await change(importId, importChanges.move(place));
    },

    async noteRepairOf(importId, repairOf) {
      await change(importId, importChanges.noteRepairOf(repairOf));
    },

    async end(importId, end) {
      const { changed, item } = await change(
        importId,
        importChanges.end(end),
        expiry.ofEndedImport(end.atMs),
      );
      if (item === null) throw importUnknown(importId);
      const record = readImportItem(item);
      if (!changed && !hasEnded(record.status)) throw countsUnbalanced(record);
      return record;
    },

    async close(importId) {
      await change(importId, importChanges.close());
    },

    async countChunk(importId, chunk, counts, units) {
      const { item } = await records.change(importKey(importId), {
        update: `ADD #finishedChunks :chunks, #units :units, ${COUNTS.map((name) => `#${name} :${name}`).join(', ')}`,
        condition: '(attribute_not_exists(#finishedChunks) OR NOT contains(#finishedChunks, :chunk))',
        values: {
          ':chunks': { NS: [String(chunk)] },
          ':chunk': numberOf(chunk),
          ':units': numberOf(units),
          ...valuesOf(countAttributes(counts)),
        },
      });
      if (item === null) throw importUnknown(importId);
      return readImportItem(item);
    },

    async warn(importId, warnings) {
      await records.change(importKey(importId), {
        update: 'ADD #warnings :warnings',
        condition: 'attribute_exists(#id)',
        values: { ':warnings': warningSet(warnings) },
      });
    },
  };

  /** Writes a change under its conditions, with more attributes. */
  async function change(importId: string, change: ImportChange, more: Item = {}): Promise<Change> {
    const { written, removed } = changedAttributes(change);
    const attributes = { ...written, ...more };
    const sets = [
      ...(Object.keys(attributes).length === 0 ? [] : [setting(attributes)]),
      ...(change.startedAtMs === undefined
        ? []
        : ['#startedAtMs = if_not_exists(#startedAtMs, :startedAtMs)']),
    ];
    const from: Item = Object.fromEntries(change.from.map((status) => [`:from_${status}`, { S: status }]));
    const { countedAs } = change;
    return records.change(importKey(importId), {
      update: `${sets.length === 0 ? '' : `SET ${sets.join(', ')}`} ${removing(removed)}`,
      condition: `#status IN (${Object.keys(from).join(', ')})${countedAs === undefined ? '' : ` AND ${COUNTED}`}`,
      values: {
        ...from,
        ...valuesOf(attributes),
        ...(change.startedAtMs === undefined ? {} : { ':startedAtMs': numberOf(change.startedAtMs) }),
        ...(countedAs === undefined ? {} : valuesOf(countAttributes(countedAs))),
      },
    });
  }
}

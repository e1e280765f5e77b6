import { decodeLines, encodeLines, lineCount } from '../../core/imports/line-set.ts';
import { noRepairs, type Repairs, withRepairs } from '../../core/imports/repairs.ts';
import type { Ledger } from '../../core/ports.ts';
import { type DynamoRecords, type Item, type RecordKey, setting, valuesOf } from './dynamo-records.ts';
import type { Expiry } from './expiry.ts';
import { importKey } from './import-item.ts';
import { number, numberOf } from './item-values.ts';

/**
 * The ledger's records of repaired lines, one for each import. The lines only grow, so that their number tells one state from the next:
 * a write is refused where another process has added lines since the read.
 */
export function dynamoRepairs(
  records: DynamoRecords,
  expiry: Expiry,
): Pick<Ledger, 'addRepairs' | 'readRepairs'> {
  return {
    async addRepairs(importId, lines, nowMs) {
      const key = repairsKey(importId);
      for (;;) {
        const item = await records.get(key);
        const known = item === null ? noRepairs : readRepairsItem(item);
        const next = withRepairs(known, lines);
        if (next === known) return;
        const attributes = { ...repairsAttributes(next), ...expiry.ofOpenImport(nowMs) };
        if (item === null) {
          if (await records.add({ ...key, ...attributes })) return;
          continue;
        }
        const { changed } = await records.change(key, {
          update: `SET ${setting(attributes)}`,
          condition: '#lineCount = :known',
          values: { ...valuesOf(attributes), ':known': numberOf(number(item, 'lineCount')) },
        });
        if (changed) return;
      }
    },

    async readRepairs(importId) {
      const item = await records.get(repairsKey(importId));
      return item === null ? noRepairs : readRepairsItem(item);
    },
  };
}

/** Beside the import and its chunks. */
function repairsKey(importId: string): RecordKey {
  return { ...importKey(importId), sk: { S: 'repairs' } };
}

function repairsAttributes({ lines, isComplete }: Repairs): Item {
  return {
    lines: { B: encodeLines(lines) },
    lineCount: numberOf(lineCount(lines)),
    isComplete: { BOOL: isComplete },
  };
}

function readRepairsItem(item: Item): Repairs {
  return {
    lines: decodeLines(item['lines']?.B ?? new Uint8Array()),
    isComplete: item['isComplete']?.BOOL !== false,
  };
}

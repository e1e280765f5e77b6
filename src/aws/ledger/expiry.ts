import type { Item } from './dynamo-records.ts';
import { numberOf } from './item-values.ts';

/** Retention of imports that have ended, unless configured. */
export const DEFAULT_RETENTION_DAYS = 90;
const DAY_S = 86_400;
/** The expiry of a chunk or key is set while its import is under way. An import takes at most this time. */
const LONGEST_IMPORT_DAYS = 365;

/** The attribute `expiresAt` (DynamoDB's Time to Live) of the ledger's records. Empty with a retention of 0 days: they never expire. */
export type Expiry = {
  ofEndedImport(endedAtMs: number): Item;
  /** Of a record of an import that is under way. */
  ofOpenImport(nowMs: number): Item;
};

export function expiryAfter(retentionDays: number): Expiry {
  return {
    ofEndedImport: (endedAtMs) => expiresAt(endedAtMs, retentionDays),
    ofOpenImport: (nowMs) => expiresAt(nowMs, retentionDays + LONGEST_IMPORT_DAYS),
  };

  function expiresAt(fromMs: number, days: number): Item {
    return retentionDays === 0 ? {} : { expiresAt: numberOf(Math.ceil(fromMs / 1000) + days * DAY_S) };
  }
}

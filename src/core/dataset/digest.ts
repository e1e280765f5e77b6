import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { DatasetDocument } from './schema.ts';

/** 16 hexadecimal digits: 64 bits, for the few documents that a deployment ever has. */
const DIGITS = 16;

/**
 * A digest of all in a document that decides its imports' items. Left out is what does not: where the objects come from, how a
 * file is cut, and what the table costs. Another order of columns or fields gives the same digest.
 */
export function digestOf({ source: _source, load, table, ...rest }: DatasetDocument): string {
  const { chunk_mb: _c, max_parallel: _p, ...limits } = load;
  const {
    billing: _b,
    read_units: _r,
    write_units: _w,
    ttl_attribute: _t,
    point_in_time_recovery: _i,
    deletion_protection: _d,
    ...target
  } = table;
  const text = JSON.stringify(sorted({ ...rest, load: limits, table: target }));
  return bytesToHex(sha256(utf8ToBytes(text))).slice(0, DIGITS);
}

/** The same values, with every map's names in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  );
}

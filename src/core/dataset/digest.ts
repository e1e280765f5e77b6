import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { ResolvedDocument } from './resolved/resolved-document.ts';

/** 16 hexadecimal digits: 64 bits, for the few documents that a deployment ever has. */
const DIGITS = 16;

/**
 * A digest of all in a document that decides its imports' items. Left out is what does not: where the objects come from and when,
 * how a file is cut, and what the table costs. Another order of columns or fields gives the same digest.
 */
export function digestOf(document: ResolvedDocument): string {
  const { source: _s, expect: _e, load, table, ...rest } = document;
  const { chunk_mb: _c, max_parallel: _p, files: _f, ...limits } = load;
  const { name, existing, partition_key, sort_key } = table;
  const indexes = Object.values(table.indexes).map((index) => [index.partition_key, index.sort_key]);
  const target = { name, existing, partition_key, sort_key, indexes };
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

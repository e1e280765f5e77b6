import { compareKeys } from './bucket.ts';

export type Page = {
  /** Keys, and prefixes that stand for all keys that begin so, in order. */
  readonly entries: readonly { readonly kind: 'key' | 'prefix'; readonly name: string }[];
  readonly isTruncated: boolean;
};

/**
 * One page of a listing: the sorted keys that begin with the prefix and come after `after`. Keys with the
 * delimiter after the prefix are grouped into a common prefix, which includes the delimiter ('ListObjectsV2').
 */
export function listPage(
  keys: readonly string[],
  terms: { prefix: string; delimiter: string; after: string; limit: number },
): Page {
  const { prefix, delimiter, after, limit } = terms;
  const entries: { kind: 'key' | 'prefix'; name: string }[] = [];
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const name = end < 0 ? key : key.slice(0, end + delimiter.length);
    const last = entries.at(-1);
    if (end >= 0 && last?.kind === 'prefix' && last.name === name) continue;
    if (after !== '' && compareKeys(name, after) <= 0) continue;
    if (entries.length === limit) return { entries, isTruncated: limit > 0 };
    entries.push({ kind: end < 0 ? 'key' : 'prefix', name });
  }
  return { entries, isTruncated: false };
}

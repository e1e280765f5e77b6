import type { InferredColumn } from './inference.ts';

/** An estimate of more distinct values than `Distinct` counts exactly may be off by this share. */
const ESTIMATE_ERROR = 0.1;
const EXACT_DISTINCT = 256;
/** DynamoDB's bound for a sort key; a partition key may have twice as much. */
const MOST_KEY_BYTES = 1024;
const MAY_BE_KEY: ReadonlySet<string> = new Set(['string', 'integer', 'date', 'datetime']);
const IDENTIFIER = /(^|[^a-z])(id|uuid|guid|key|code|no|nr|sku)$/i;

/**
 * The column that probably identifies a row, so that it is worth a check of every row (`unique-check.ts`): it has no nulls, about as
 * many distinct values as there are rows, and is named like an identifier or is the first one. -1: there is none.
 */
export function likelyKey(columns: readonly InferredColumn[], rows: number): number {
  const isLikely = ({ type, name, evidence }: InferredColumn): boolean =>
    MAY_BE_KEY.has(type) &&
    !/[.$]/.test(name) &&
    evidence.nulls === 0 &&
    evidence.longest <= MOST_KEY_BYTES &&
    evidence.distinct >= (rows > EXACT_DISTINCT ? rows * (1 - ESTIMATE_ERROR) : rows);
  const named = columns.findIndex((column) => isLikely(column) && IDENTIFIER.test(column.name));
  if (named >= 0) return named;
  return columns.length > 0 && isLikely(columns[0]!) ? 0 : -1;
}

import { otherDelimiterHint } from '../csv/other-delimiter.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { nearest } from '../nearest.ts';
import { SluiceError } from '../errors.ts';

/** A suggestion is looked for among this many columns, for this many missing ones. */
const MOST_CANDIDATES = 1000;
const MOST_SUGGESTIONS = 5;
/** Longer names get no suggestion. */
const LONGEST_NAME = 100;

/**
 * Compares a file's header with what its dataset needs. Throws `key-column-missing`, and `column-missing` for a declared column
 * that is not optional. Returns the optional columns that the header does not have.
 */
export function missingColumns(dataset: Dataset, header: readonly string[]): readonly string[] {
  const names = new Set(header);
  const { partition_key, sort_key } = dataset.table;
  const keys = sort_key === undefined ? [partition_key] : [partition_key, sort_key];
  const missingKeys = keys.filter((key) => !names.has(key));
  const missing = Object.keys(dataset.columns).filter((name) => !names.has(name));
  const missed = missing.filter((name) => dataset.columns[name]?.optional !== true);
  if (missingKeys.length > 0) {
    throw lacking('key-column-missing', missingKeys, {
      why: `which the key of table '${dataset.table.name}' needs`,
      remedy: `Fix the header, or the table's key in datasets/${dataset.name}.yaml`,
    });
  }
  if (missed.length > 0) {
    throw lacking('column-missing', missed, {
      why: `which dataset '${dataset.name}' declares`,
      remedy: `Fix the header, or the name in datasets/${dataset.name}.yaml; if files may lack the column, set optional: true for it`,
    });
  }
  return missing;

  function lacking(
    code: 'key-column-missing' | 'column-missing',
    columns: readonly string[],
    { why, remedy }: { why: string; remedy: string },
  ): SluiceError {
    const hint = header.length === 1 ? otherDelimiterHint(header[0]!, dataset.format) : '';
    const few = header.slice(0, 20).join(', ');
    const further = header.length > 20 ? ` and ${header.length - 20} more` : '';
    return new SluiceError(
      code,
      `The header has no column '${columns.slice(0, 20).join("' and no column '")}', ${why}${suggestions(columns)}. It has: ${few}${further}. ${remedy}.${hint}`,
      { data: { missing: columns.slice(0, 100), header: header.slice(0, 100) } },
    );
  }

  function suggestions(columns: readonly string[]): string {
    const candidates = header
      .slice(0, MOST_CANDIDATES)
      .filter((name) => name.length <= LONGEST_NAME && dataset.columns[name] === undefined);
    const found = columns
      .slice(0, MOST_SUGGESTIONS)
      .flatMap((name) => (name.length > LONGEST_NAME ? [] : [nearest(name, candidates, (each) => each)]))
      .filter((name) => name !== null);
    return found.length === 0 ? '' : ` (did you mean '${found.join("', '")}'?)`;
  }
}

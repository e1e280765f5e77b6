import { otherDelimiterHint } from '../../csv/header/other-delimiter.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { SluiceError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';

/** A suggestion is looked for among this many columns, for this many missing ones. */
const MOST_CANDIDATES = 1000;
const MOST_SUGGESTIONS = 5;
/** Longer names get no suggestion. */
const LONGEST_NAME = 100;
/** A message shows so many names. */
const MOST_SHOWN = 20;

const REMEDIES = {
  'key-column-missing': {
    why: (dataset: Dataset) => `which the key of table '${dataset.table.name}' needs`,
    remedy: (file: string) => `Fix the header, or the table's key in ${file}`,
  },
  'column-missing': {
    why: (dataset: Dataset) => `which dataset '${dataset.name}' needs`,
    remedy: (file: string) =>
      `Fix the header, or the name in ${file}; if files may lack the column, set optional: true for it`,
  },
};

/** The error for columns that a header lacks. */
export function lacking(
  dataset: Dataset,
  header: readonly string[],
  code: keyof typeof REMEDIES,
  columns: readonly string[],
): SluiceError {
  const { why, remedy } = REMEDIES[code];
  const hint =
    header.length === 1 ? otherDelimiterHint(header[0]!, dataset.format) : noHeaderHint(dataset, header);
  const missing = columns.slice(0, MOST_SHOWN).join("' and no column '");
  return new SluiceError(
    code,
    `The header has no column '${missing}', ${why(dataset)}${suggestions(dataset, header, columns)}. It has: ${listed(header)}. ${remedy(`datasets/${dataset.name}.yaml`)}.${hint}`,
    { data: { missing: columns.slice(0, 100), header: header.slice(0, 100) } },
  );
}

/** The error for columns that the dataset does not declare, with `other_columns: reject`. */
export function tooManyNames(dataset: Dataset, columns: readonly string[]): SluiceError {
  return new SluiceError(
    'column-unexpected',
    `The header has columns that dataset '${dataset.name}' does not declare: ${listed(columns)}. Declare them in datasets/${dataset.name}.yaml, or set other_columns: keep.`,
    { data: { columns: columns.slice(0, 100) } },
  );
}

/** A hint for a first row that has no name of the dataset, and a number or a date. */
function noHeaderHint({ columns, format }: Dataset, header: readonly string[]): string {
  const looksLikeRow =
    format.names === null &&
    header.some((name) => /^[-+]?\d/.test(name)) &&
    !header.some((name) => Object.hasOwn(columns, name));
  return looksLikeRow ? ' If the file has no header, set format.header: 0 and format.names.' : '';
}

function listed(names: readonly string[]): string {
  const further = names.length > MOST_SHOWN ? ` and ${names.length - MOST_SHOWN} more` : '';
  return names.slice(0, MOST_SHOWN).join(', ') + further;
}

function suggestions(dataset: Dataset, header: readonly string[], columns: readonly string[]): string {
  const candidates = header
    .slice(0, MOST_CANDIDATES)
    .filter((name) => name.length <= LONGEST_NAME && !Object.hasOwn(dataset.columns, name));
  const found = columns
    .slice(0, MOST_SUGGESTIONS)
    .flatMap((name) => (name.length > LONGEST_NAME ? [] : [nearest(name, candidates, (each) => each)]))
    .filter((name) => name !== null);
  return found.length === 0 ? '' : ` (did you mean '${found.join("', '")}'?)`;
}

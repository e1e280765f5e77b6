import { boundedText } from '../bounded-text.ts';

/** Warnings of an import that is loaded all the same, as Markdown for `docs/errors.md`. */
export const WARNINGS = {
  'header-only': 'The file has a header and no rows.',
  'blank-rows': 'Rows whose cells are all empty were skipped.',
  'columns-missing': 'The header lacks columns that the dataset declares as `optional`.',
  'separator-line': 'A `sep=` line for Excel before the header was skipped.',
  'repeated-mark': 'The file begins with more than one byte order mark.',
  'earlier-file-missing':
    'The dataset loads its files in order of arrival, and one that arrived earlier failed or was passed over.',
  'quotes-repaired':
    'Rows whose quotes are misplaced were read in the only other way that has the number of cells of the header (`format.stray_quotes: repair`).',
  'repair-unknown':
    'The file is a reject file, and its header names no import of the dataset that is in the ledger. Its rows are loaded, but are not counted as repaired.',
  'repair-behind-newer':
    'The file is a reject file, and a later file of the dataset was loaded after the import whose rows it repairs. Where both have the same key, the row of the reject file replaces the newer one, unless the dataset has `write.newer_by`.',
  'ctrl-z': 'The file ends with Ctrl-Z (0x1A), which was removed.',
} as const;

export type WarningCode = keyof typeof WARNINGS;

export type Warning = { readonly code: WarningCode; readonly text: string };

const MOST_TEXT_BYTES = 500;

/** A warning as every ledger keeps it. An import has at most one of each code. */
export function warning(code: WarningCode, text: string): Warning {
  return { code, text: boundedText(text, MOST_TEXT_BYTES) };
}

/** The warnings of both, each once, in the order of their codes. */
export function joinedWarnings(a: readonly Warning[], b: readonly Warning[]): readonly Warning[] {
  const byCode = new Map([...a, ...b].map((each) => [each.code, each]));
  return [...byCode.values()].toSorted((one, other) => (one.code < other.code ? -1 : 1));
}

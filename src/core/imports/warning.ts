import { boundedText } from '../bounded-text.ts';

/** What a person should know of an import that is loaded all the same. Each has a line in `docs/errors.md`. */
export type WarningCode =
  | 'header-only'
  | 'blank-rows'
  | 'columns-missing'
  | 'separator-line'
  | 'repeated-mark'
  | 'ctrl-z';

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

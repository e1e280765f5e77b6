/** The columns that Sluice adds before the original cells in a reject file. They are ignored when the file is loaded. */
export const REJECT_COLUMNS = ['sluice_line', 'sluice_column', 'sluice_code', 'sluice_reason'] as const;

/** With the import whose rows they are: a file that was renamed, or of which rows were deleted, still says what it repairs. */
const LINE_COLUMN = /^sluice_line(?:_([0-9a-f]{20}))?$/;

/** A file that is rejected again and again has four columns more each time. Of so many imports the repaired rows are counted. */
const MOST_REPAIRS = 8;

/** The column of a reject file with the lines on which its rows stand in the file of an earlier import. */
export type RepairColumn = { readonly importId: string; readonly field: number };

/** The names of Sluice's columns in a reject file of the import. */
export function rejectColumns(importId: string): readonly string[] {
  const [line, ...others] = REJECT_COLUMNS;
  return [`${line}_${importId}`, ...others];
}

/** The header of a reject file begins with all of Sluice's columns. A column of the same name at another place belongs to the user. */
export function isRejectHeader(names: readonly string[]): boolean {
  return rejectColumnCount(names) > 0;
}

/** Columns of Sluice that precede the file's own. Rows of a reject file that are rejected once more have them twice. */
export function rejectColumnCount(names: readonly string[]): number {
  let count = 0;
  while (areOurs(names, count)) count += REJECT_COLUMNS.length;
  return count;
}

/** The imports of which a file with this header gives rejected rows again: the one that wrote the file first, the original last. */
export function repairColumns(names: readonly string[]): readonly RepairColumn[] {
  const columns: RepairColumn[] = [];
  for (let field = 0; areOurs(names, field); field += REJECT_COLUMNS.length) {
    const importId = LINE_COLUMN.exec(names[field]!)?.[1];
    if (importId !== undefined) columns.push({ importId, field });
  }
  return columns.slice(-MOST_REPAIRS);
}

function areOurs(names: readonly string[], from: number): boolean {
  return REJECT_COLUMNS.every((name, index) =>
    index === 0 ? LINE_COLUMN.test(names[from] ?? '') : names[from + index] === name,
  );
}

const MARK = /^\ufeff*"?sluice_line(?:_([0-9a-f]{20}))?\W/;
/** So many bytes of a file tell whether it is a reject file. */
export const REJECT_MARK_BYTES = 64;

/** What the first bytes of a file say: the import that it repairs, or '' for an unknown one; null: it is no reject file. */
export function rejectMark(bytes: Uint8Array): string | null {
  const found = MARK.exec(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  return found === null ? null : (found[1] ?? '');
}

import { encodeLines, joinedLines, lineCount, type LineSet, NO_LINES } from './line-set.ts';

/** The rejected rows of an import that a later import, of its reject file, has loaded. */
export type Repairs = {
  /** In the file of the import whose rows they are. */
  readonly lines: LineSet;
  /** False: more lines were repaired than the record has room for. */
  readonly isComplete: boolean;
};

export const noRepairs: Repairs = { lines: NO_LINES, isComplete: true };

/**
 * The most bytes of the encoded lines: DynamoDB bounds an item at 400 KB, and each change costs a write unit for each KB. There is room
 * for 65,536 single lines however far apart (up to two million lines between two of them), and for any number of neighbours.
 */
export const MOST_LINES_BYTES = 256 * 1024;

/** With more lines. The same state where it has them all; the same lines, not complete, where they do not fit. */
export function withRepairs(known: Repairs, lines: LineSet, mostBytes = MOST_LINES_BYTES): Repairs {
  const joined = joinedLines(known.lines, lines);
  if (lineCount(joined) === lineCount(known.lines)) return known;
  if (encodeLines(joined).length <= mostBytes) return { ...known, lines: joined };
  return known.isComplete ? { ...known, isComplete: false } : known;
}

/** How many of the rejected rows are repaired. `isComplete`: false where there may be more. */
export type RepairCount = { readonly rows: number; readonly of: number; readonly isComplete: boolean };

/** A line number that a person has changed in the file does not make it more than were rejected. */
export function repairCount({ lines, isComplete }: Repairs, rejected: number): RepairCount {
  const rows = Math.min(lineCount(lines), rejected);
  return { rows, of: rejected, isComplete: isComplete || rows === rejected };
}

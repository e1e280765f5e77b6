import { boundedText } from '../bounded-text.ts';
import type { RejectCode } from '../errors.ts';
import type { Reject } from '../rows/rejects/reject.ts';

/** A rejected row: its line, its text as UTF-8, and what is wrong with it. Both texts are bounded. */
export type FaultExample = { readonly line: number; readonly text: string; readonly reason: string };

/** So many rejected rows have this fault in this column ('': in the row as a whole). `other`: what the list had no room for. */
export type CheckFault = {
  readonly code: RejectCode | 'other';
  readonly column: string;
  readonly rows: number;
  /** The first rows of the file with it. */
  readonly examples: readonly FaultExample[];
};

export type FaultExamples = {
  add(reject: Reject): void;
  /** The most frequent first. */
  faults(): readonly CheckFault[];
};

/** Together at most 1,000 × (100 + 5 × (300 + 300)) bytes: some 3 MB. */
const MOST_PAIRS = 1000;
const MOST_EXAMPLES = 5;
const MOST_COLUMN_BYTES = 100;
const MOST_TEXT_BYTES = 300;
const decoder = new TextDecoder();

/** Counts the faults of rejected rows by code and column, and keeps examples of each. */
export function createFaultExamples(): FaultExamples {
  const pairs = new Map<
    string,
    { code: RejectCode; column: string; rows: number; examples: FaultExample[] }
  >();
  let others = 0;
  return { add, faults };

  function add({ line, faults, record }: Reject): void {
    for (const fault of faults) {
      const column = boundedText(fault.column, MOST_COLUMN_BYTES);
      const name = `${fault.code} ${column}`;
      let pair = pairs.get(name);
      if (pair === undefined) {
        if (pairs.size >= MOST_PAIRS) {
          others++;
          continue;
        }
        pair = { code: fault.code, column, rows: 0, examples: [] };
        pairs.set(name, pair);
      }
      pair.rows++;
      if (pair.examples.length === MOST_EXAMPLES) continue;
      const text = boundedText(decoder.decode(record.subarray(0, 2 * MOST_TEXT_BYTES)), MOST_TEXT_BYTES);
      pair.examples.push({ line, text, reason: boundedText(fault.reason, MOST_TEXT_BYTES) });
    }
  }

  function faults(): readonly CheckFault[] {
    const found: CheckFault[] = [...pairs.values()].toSorted((a, b) => b.rows - a.rows);
    if (others > 0) found.push({ code: 'other', column: '', rows: others, examples: [] });
    return found;
  }
}

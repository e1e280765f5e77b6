import { boundedText } from '../bounded-text.ts';
import type { Fault } from '../fault.ts';

/** So many rejected rows have this fault in this column ('': in the row as a whole). `other`: what the list had no room for. */
export type FaultCount = {
  readonly code: Fault['code'] | 'other';
  readonly column: string;
  readonly rows: number;
};

/** Faults of rejected rows, by code and column. A row with several faults counts in each of them. */
export type FaultTally = readonly FaultCount[];

/** Counts faults, in memory that does not grow with the rows. */
export type FaultCounter = {
  add(fault: Pick<Fault, 'code' | 'column'>): void;
  addAll(tally: FaultTally): void;
  /** Pairs of code and column that are counted apart. */
  readonly size: number;
  tally(): FaultTally;
};

/** The tally is part of every checkpoint, and a file may have any number of columns with any names. */
const MOST_PAIRS = 50;
const MOST_COLUMN_BYTES = 100;

export function createFaultCounter(): FaultCounter {
  const rows = new Map<string, number>();
  let others = 0;
  return {
    add: ({ code, column }) => count(code, boundedText(column, MOST_COLUMN_BYTES), 1),
    addAll: (tally) => {
      for (const each of tally) count(each.code, each.column, each.rows);
    },
    get size() {
      return rows.size;
    },
    tally,
  };

  function count(code: FaultCount['code'], column: string, more: number): void {
    const pair = `${code} ${column}`;
    const known = rows.get(pair);
    if (code === 'other' || (known === undefined && rows.size >= MOST_PAIRS)) others += more;
    else rows.set(pair, (known ?? 0) + more);
  }

  function tally(): FaultTally {
    const pairs = [...rows].map(([pair, count]): FaultCount => {
      const space = pair.indexOf(' ');
      return { code: pair.slice(0, space) as Fault['code'], column: pair.slice(space + 1), rows: count };
    });
    return others === 0 ? pairs : [...pairs, { code: 'other', column: '', rows: others }];
  }
}

/** Of several chunks together, the most frequent first. */
export function joinedTally(tallies: Iterable<FaultTally>): FaultTally {
  const counter = createFaultCounter();
  for (const tally of tallies) counter.addAll(tally);
  return counter
    .tally()
    .toSorted((a, b) => Number(a.code === 'other') - Number(b.code === 'other') || b.rows - a.rows);
}

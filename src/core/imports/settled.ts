import { addCounts, type Counts, noCounts } from './counts.ts';
import { type FaultTally, joinedTally } from './fault-tally.ts';
import type { ChunkRecord } from './import.ts';

/** What is settled of an import so far: the sum of its chunks' checkpoints. */
export type Settled = { readonly counts: Counts; readonly units: number; readonly faults: FaultTally };

export function settledOf(chunks: readonly ChunkRecord[]): Settled {
  return {
    counts: chunks.reduce((sum, { checkpoint }) => addCounts(sum, checkpoint.counts), noCounts),
    units: chunks.reduce((sum, { checkpoint }) => sum + checkpoint.units, 0),
    faults: joinedTally(chunks.map(({ checkpoint }) => checkpoint.faults ?? [])),
  };
}

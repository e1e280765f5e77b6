import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SluiceError } from '../../../src/core/errors.ts';
import {
  checkpointChunk,
  type ChunkState,
  claimChunk,
  newChunk,
  endLease,
} from '../../../src/core/imports/chunk-transitions.ts';
import { noCounts } from '../../../src/core/imports/counts.ts';

type Step = {
  readonly kind: 'claim' | 'checkpoint' | 'release' | 'finish';
  readonly owner: string;
  readonly n: number;
  readonly epoch: number;
  readonly nowMs: number;
};

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('claim', 'claim', 'checkpoint', 'checkpoint', 'release', 'finish'),
    owner: fc.constantFrom('a', 'b'),
    n: fc.nat(4),
    epoch: fc.nat(3),
    nowMs: fc.nat(5),
  }),
  { minLength: 1, maxLength: 30 },
);
const LEASE_MS = 2;

test('a step that is repeated at once changes nothing more', () => {
  follow((before, step) => {
    const once = apply(before, step);
    expect(once && apply(once, step)).toEqual(once);
  });
});

test('only the owner of a lease changes a leased chunk, until another owner claims it after its expiry', () => {
  follow((before, step) => {
    const { lease } = before.record;
    const after = apply(before, step);
    if (lease === null || lease.owner === step.owner || after === null || after === before) return;
    expect(step.kind).toBe('claim');
    expect(lease.untilMs).toBeLessThanOrEqual(step.nowMs);
  });
});

test('a finished chunk stays as it is', () => {
  follow((before, step) => {
    if (!before.record.finished) return;
    expect(apply(before, step) ?? before).toEqual(before);
  });
});

test('a checkpoint moves back only with a later lease expiry', () => {
  follow((before, step) => {
    const after = apply(before, step);
    if (step.kind !== 'checkpoint' || after === null) return;
    if (after.record.checkpoint.offsetBytes >= before.record.checkpoint.offsetBytes) return;
    expect(after.record.lease!.untilMs).toBeGreaterThan(before.record.lease!.untilMs);
  });
});

/** Checks each step of any sequence against the chunk that the steps before it left. */
function follow(check: (before: ChunkState, step: Step) => void): void {
  fc.assert(
    fc.property(steps, (sequence) => {
      let state = newChunk('i', 0, { startBytes: 0, endBytes: 100, startLine: 1 });
      for (const step of sequence) {
        check(state, step);
        state = apply(state, step) ?? state;
      }
    }),
    { numRuns: 300 },
  );
}

/** null: the ledger refuses the step. */
function apply(state: ChunkState, { kind, owner, n, epoch, nowMs }: Step): ChunkState | null {
  const lease = { importId: 'i', chunk: 0, owner };
  const checkpoint = { offsetBytes: n * 10, line: n + 1, counts: noCounts, units: n };
  const untilMs = nowMs + LEASE_MS;
  try {
    switch (kind) {
      case 'claim': {
        const answer = claimChunk(state, lease, { epoch, nowMs, untilMs });
        return answer.kind === 'claimed' ? { record: answer.chunk, lastOwner: owner } : null;
      }
      case 'checkpoint':
        return checkpointChunk(state, lease, checkpoint, untilMs);
      case 'release':
        return endLease(state, lease, checkpoint, { finished: false, epoch });
      case 'finish':
        return endLease(state, lease, checkpoint, { finished: true });
    }
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'lease-lost') return null;
    throw error;
  }
}

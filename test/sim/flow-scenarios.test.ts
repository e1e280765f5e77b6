import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runFlow } from '../../sim/scenarios/flow-run.ts';
import {
  changeScenario,
  deadlineScenario,
  type FlowScenario,
  hotRangeScenario,
  isReached,
  largeItemsScenario,
  sharedScenario,
  smallTableScenario,
  sortedScenario,
  uniformScenario,
} from '../../sim/scenarios/flow-scenarios.ts';
import { countsBalance } from '../../src/core/imports/counts.ts';

/** Of real time, for a machine that has other things to do: the scenarios take some seconds of computing each. */
const TIMEOUT_MS = 180_000;

test.each<[string, () => Promise<FlowScenario>]>([
  ['100 units are used', () => uniformScenario(100, 60)],
  ['1,000 units are used', () => uniformScenario(1000, 40)],
  ['40,000 units are used', () => uniformScenario(40_000, 30)],
  ['capacity that halves is followed', () => changeScenario(1000, 500)],
  ['capacity that doubles is found', () => changeScenario(1000, 2000)],
  ['a sorted file is written to all partitions at once', () => sortedScenario(3)],
  ['a hot key does not slow the others down', () => hotRangeScenario()],
  ['a table of 5 units is written, and not waited for', () => smallTableScenario(100_000)],
  ['a deadline on a slow table has nothing written twice', () => deadlineScenario('slow', 51_000)],
  ['a deadline with much in flight has nothing written twice', () => deadlineScenario('far', 102_000)],
  ['loaders share a table', () => sharedScenario(3)],
  ['large items find their capacity', () => largeItemsScenario()],
])(
  '%s',
  async (_, run) => {
    const { measures } = await run();
    expect(measures).not.toHaveLength(0);
    expect(measures.filter((measure) => !isReached(measure))).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'at any capacity and with any faults, the table equals the file at the end, and the counts balance',
  async () => {
    const world = fc.record({
      seed: fc.integer({ min: 1, max: 1_000_000 }),
      units: fc.constantFrom(3, 40, 700, 5000),
      partitions: fc.integer({ min: 1, max: 5 }),
      adaptive: fc.boolean(),
      creditSeconds: fc.constantFrom(0, 20, 300),
      serverErrors: fc.constantFrom(0, 0.1),
      lostRequests: fc.constantFrom(0, 0.02),
      lostAnswers: fc.constantFrom(0, 0.05),
      ids: fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 600 }),
    });
    await fc.assert(
      fc.asyncProperty(
        world,
        async ({ seed, units, partitions, adaptive, creditSeconds, ids, ...faults }) => {
          const lines = ids.map((id, n) => `k${id},${n}`);
          const { records, table } = await runFlow({
            seed,
            files: [new TextEncoder().encode(`id,n\n${lines.join('\n')}\n`)],
            capacity: { mode: { kind: 'provisioned', units }, partitions, adaptive, creditSeconds },
            network: faults,
          });
          const { status, counts } = records[0]!;
          expect(status).toBe('done');
          const last = new Map(ids.map((id, n) => [`k${id}`, String(n)]));
          const kept = [...table.items.values()].map((item) => [item['id']!['S'], item['n']!['S']] as const);
          expect(new Map(kept)).toEqual(last);
          expect(counts.read).toBe(ids.length);
          expect(counts.rejected).toBe(0);
          expect(countsBalance(counts)).toBe(true);
          // Each key was written at least once, and no batch ever named one twice.
          expect(counts.written).toBeGreaterThanOrEqual(last.size);
          expect(table.refusals).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  },
  TIMEOUT_MS,
);

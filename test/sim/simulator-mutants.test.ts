import { describe, expect, test } from 'vitest';
import { catchMutant } from '../../sim/world/catch-mutant.ts';
import { mutants } from '../../sim/world/mutants.ts';
import { invariants } from '../../sim/world/violation.ts';

/** Worlds to try if the mutant's own world no longer catches it. */
const MOST_SEEDS = 1000;
const TIMEOUT_MS = 300_000;

describe('The simulator catches an engine in which', () => {
  test.for(mutants)('$name', { timeout: TIMEOUT_MS }, async (mutant) => {
    const caught = await catchMutant(mutant, MOST_SEEDS);
    expect(caught, `not caught by ${MOST_SEEDS} seeds`).not.toBeNull();
    expect(mutant.caughtBy, `seed ${caught?.seed}: ${caught?.violation.text}`).toContain(
      caught?.violation.invariant,
    );
  });
});

test('Each invariant is violated first by at least one mutant', () => {
  const shown = new Set(mutants.map(({ caughtBy }) => caughtBy[0]));
  expect(Object.keys(invariants).filter((name) => !shown.has(name as keyof typeof invariants))).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import { catchMutant } from '../../sim/world/catch-mutant.ts';
import { mutants } from '../../sim/world/mutants.ts';

/** `npm run sim -- --mutants` lists which seed catches which. */
const MOST_SEEDS = 400;

describe('The simulator catches an engine in which', () => {
  test.for(mutants)('$name', { timeout: 240_000 }, async (mutant) => {
    const caught = await catchMutant(mutant, MOST_SEEDS);
    expect(caught, `not caught by ${MOST_SEEDS} seeds`).not.toBeNull();
    expect(mutant.caughtBy, `seed ${caught?.seed}: ${caught?.violation.text}`).toContain(
      caught?.violation.invariant,
    );
  });
});

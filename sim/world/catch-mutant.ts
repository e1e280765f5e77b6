import type { NamedMutant } from './mutants.ts';
import type { Violation } from './violation.ts';
import { runWorld } from './world.ts';

/**
 * Runs a mutant in the world that is known to catch it, and then in the worlds 1 to `mostSeeds`, because a change of the engine may
 * change the course of a world. Returns the first violation; null: the mutant passes all of them.
 */
export async function catchMutant(
  mutant: NamedMutant,
  mostSeeds: number,
): Promise<{ seed: number; violation: Violation } | null> {
  for (let seed = 0; seed <= mostSeeds; seed++) {
    const tried = seed === 0 ? mutant.seed : seed;
    const { violation } = await runWorld({ seed: tried, mutant });
    if (violation !== null) return { seed: tried, violation };
  }
  return null;
}

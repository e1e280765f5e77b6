import type { NamedMutant } from './mutants.ts';
import type { Violation } from './violation.ts';
import { runWorld } from './world.ts';

/** Runs a mutant in the worlds 1 to `mostSeeds`, and answers the first violation; null: it does as well as the real engine. */
export async function catchMutant(
  mutant: NamedMutant,
  mostSeeds: number,
): Promise<{ seed: number; violation: Violation } | null> {
  for (let seed = 1; seed <= mostSeeds; seed++) {
    const { violation } = await runWorld({ seed, mutant });
    if (violation !== null) return { seed, violation };
  }
  return null;
}

import { seededRandom } from '../../sim/random.ts';

/** Choices that two numbers decide: the same for the same ones, whatever came before. */
export type Choices = {
  /** An integer from 0 on, below the bound. */
  readonly below: (bound: number) => number;
  /** True once in so many times. */
  readonly once: (times: number) => boolean;
  readonly pick: <T>(values: readonly T[]) => T;
};

export function choices(seed: number, index: number): Choices {
  const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const below = (bound: number): number => Math.floor(random() * bound);
  return { below, once: (times) => below(times) === 0, pick: (values) => values[below(values.length)]! };
}

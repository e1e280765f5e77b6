import { seededRandom } from '../random.ts';

/** All random choices of a world, from one seed. */
export type Chance = {
  /** Uniform in [0, 1). */
  next(): number;
  happens(share: number): boolean;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** A whole number, low and high included. */
  whole(low: number, high: number): number;
  /** Each order of magnitude is as likely as another: [low, high). */
  magnitude(low: number, high: number): number;
  pick<T>(choices: readonly T[]): T;
  /** A separate stream, so that the draws of one part of a world do not shift those of others. */
  fork(): Chance;
};

export function chance(seed: number): Chance {
  const next = seededRandom(seed);
  return {
    next,
    happens: (share) => share > 0 && next() < share,
    between: (low, high) => low + (high - low) * next(),
    whole: (low, high) => low + Math.floor((high - low + 1) * next()),
    magnitude: (low, high) => low * (high / low) ** next(),
    pick: (choices) => choices[Math.floor(choices.length * next())]!,
    fork: () => chance(Math.floor(next() * 2 ** 32)),
  };
}

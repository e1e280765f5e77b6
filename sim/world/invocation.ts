import type { Chance } from './chance.ts';
import type { Life } from './life.ts';

/** One invocation of the function. `owner`: its request ID. */
export type Invocation = {
  readonly owner: string;
  readonly life: Life;
  readonly chance: Chance;
  readonly say: (text: string) => void;
};

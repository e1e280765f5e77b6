import type * as Cel from '@marcbachmann/cel-js';

/**
 * Libraries that only some datasets need. They are large, so they are loaded when a dataset uses them (`engine/dataset/libraries.ts`) and
 * handed to what compiles its rules.
 */
export type Libraries = {
  /** Conditions (`where`). null: the dataset has none. */
  readonly cel: Pick<typeof Cel, 'Environment'> | null;
};

export const NO_LIBRARIES: Libraries = { cel: null };

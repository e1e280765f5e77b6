import type { RejectCode } from './errors.ts';

/** One thing that is wrong with a row. */
export type Fault = {
  /** The column's name, '' where the reason is the whole row's. */
  readonly column: string;
  readonly code: RejectCode;
  readonly reason: string;
};

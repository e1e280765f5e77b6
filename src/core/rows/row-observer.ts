import type { Mapping } from './mapping.ts';
import type { Reject } from './rejects/reject.ts';

/** Sees the rows that an intake reads, as `check` does. What it is given is valid during the call only. */
export type RowObserver = {
  /** A row with items: those of the mapping, whose texts are in the arena. */
  mapped(mapping: Mapping, arena: Uint8Array, line: number): void;
  /** A row that the mapping has refused, or that is blank and must not be. */
  rejected(reject: Reject): void;
};

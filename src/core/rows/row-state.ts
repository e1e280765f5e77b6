import type { Row } from '../types/column-type.ts';
import type { TextCache } from './values/value-text.ts';
import type { Values } from './values/values.ts';

/** The row that is being mapped. One object serves all rows. */
export type RowState = {
  /** What cell writers work with; its `to` is the scratch area of the values. */
  row: Row;
  readonly values: Values;
  readonly texts: TextCache;
  /** On which the record begins. */
  line: number;
};

/** What is the same for all rows of an import, for `$file` and the like. */
export type ImportFacts = {
  /** The object's key, or the local file's path. */
  readonly file: string;
  readonly importId: string;
  /** When the import was accepted: ISO 8601 in UTC. */
  readonly importedAt: string;
};

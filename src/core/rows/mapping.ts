import type { RecordReader } from '../csv/record-reader.ts';
import type { Fault } from '../fault.ts';
import type { REFUSED } from '../types/column-type.ts';
import type { WritePlan } from '../write-plan.ts';
import type { MappedItem, Room } from './item.ts';
import type { RowContext } from './plan/row-plan.ts';
import type { Transform } from './transform/transformer.ts';

/** Turns records into items' texts. Compiled for one dataset and one header. */
export type Mapping = {
  /**
   * Writes the items of the reader's record, which begins on `line` of the file, into the room. `bytes` are the reader's, with SPARE_BYTES
   * behind the record.
   */
  map(reader: RecordReader, bytes: Uint8Array, room: Room, line: number): MapResult;
  /** Of the row that was mapped last: the first `itemCount` of `items` (1 to MAX_ROW_ITEMS), one behind another in the arena. */
  readonly itemCount: number;
  readonly items: readonly MappedItem[];
  /** How the items are written: an item's `plan` is an index into it. */
  readonly plans: readonly WritePlan[];
  /** Of the row that was refused last: its faults, cell by cell, up to MAX_FAULTS; or the one fault of the whole row. */
  readonly faults: readonly Fault[];
};

/** The row has items: `items` describe them. */
export const MAPPED = 1;
/** The dataset leaves the row out. */
export const SKIPPED = 0;
/** REFUSED: the row is rejected, and `faults` say why. */
export type MapResult = typeof MAPPED | typeof SKIPPED | typeof REFUSED;

/** What the rules of a dataset need beside it. */
export type MappingContext = RowContext & {
  /** The function of the dataset's `transform`; null: it has none. */
  readonly transform: Transform | null;
};

import type { Mode, WriteDocument } from '../schema/document.ts';
import { unlessNone } from './lists.ts';

/** How items are written. */
export type WriteSpec = {
  /** Of rows whose mode no column decides. */
  readonly mode: Mode;
  readonly op_column: string | null;
  /** The modes by the values of `op_column`. */
  readonly ops: Readonly<Record<string, Mode>> | null;
  readonly newer_by: string | null;
};

const DEFAULTS: WriteSpec = { mode: 'put', op_column: null, ops: null, newer_by: null };

/** What the document does not give is that of `base`. A mode that is given replaces a column that decides the mode. */
export function writeSpec(document: WriteDocument, base: WriteSpec = DEFAULTS): WriteSpec {
  const { mode, op_column, ops, newer_by } = document;
  const isFixed = mode !== undefined && op_column === undefined;
  const column = isFixed ? null : op_column === undefined ? base.op_column : unlessNone(op_column);
  return {
    mode: mode ?? base.mode,
    op_column: column,
    ops: column === null ? null : (ops ?? base.ops),
    newer_by: newer_by === undefined ? base.newer_by : unlessNone(newer_by),
  };
}

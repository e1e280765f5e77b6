import type { Format } from '../../core/csv/format.ts';
import type { InferredColumn } from '../../core/infer/inference.ts';
import { createRow, moveRow, REFUSED } from '../../core/types/column-type.ts';
import { compileCell } from '../../core/types/compile-cell.ts';
import { cellText } from '../../core/csv/cell-text.ts';
import type { RecordReader } from '../../core/csv/record-reader.ts';
import { SPARE_BYTES } from '../../core/types/words.ts';

const LONGEST_SHOWN = 60;
const FIRST_ARENA_BYTES = 64 * 1024;

/**
 * Reads every cell of the typed columns with the readers of a load, and makes a column a string if one of its cells would be rejected.
 * So a document never promises what a load does not keep.
 */
export async function verifyTypes(
  columns: readonly InferredColumn[],
  format: Format,
  eachRow: (visit: (reader: RecordReader, bytes: Uint8Array, line: number) => void) => Promise<void>,
): Promise<readonly InferredColumn[]> {
  const checked = [...columns];
  const cells = columns.map(({ spec }) => (spec === null ? null : compileCell(spec, format, false)));
  let arena = new Uint8Array(FIRST_ARENA_BYTES);
  let row: ReturnType<typeof createRow> | null = null;
  await eachRow((reader, bytes, line) => {
    row ??= createRow(reader, bytes, arena);
    for (let field = 0; field < cells.length; field++) {
      const cell = cells[field]!;
      if (cell === null) continue;
      const needed =
        (reader.ends[field]! - reader.starts[field]!) * cell.room.perByte + cell.room.more + SPARE_BYTES;
      if (needed > arena.length) arena = new Uint8Array(needed * 2);
      moveRow(row, reader, bytes, arena);
      if (cell.write(row, field, 0) !== REFUSED) continue;
      cells[field] = null;
      checked[field] = refused(
        columns[field]!,
        line,
        cellText(reader, bytes, field, format),
        row.refusals[0]!.reason,
      );
    }
  });
  return checked;
}

function refused(column: InferredColumn, line: number, text: string, reason: string): InferredColumn {
  const { evidence, type } = column;
  return {
    ...column,
    spec: null,
    type: 'string',
    evidence: { ...evidence, nearest: type, counterexample: { line, text: text.slice(0, LONGEST_SHOWN) } },
    note: `a string, because a load as ${type} rejects line ${line}: ${reason}`,
  };
}

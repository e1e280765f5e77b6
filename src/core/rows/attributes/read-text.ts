import type { Format } from '../../csv/format.ts';
import type { CellSpec } from '../../types/column-spec.ts';
import type { AttributeTag, Row } from '../../types/column-type.ts';
import type { RecordReader } from '../../csv/record-reader.ts';
import { SPECIAL } from '../../csv/record-reader.ts';
import { compileCell, type CompiledCell } from '../../types/compile-cell.ts';
import { SPARE_BYTES, wordsOf } from '../../types/words.ts';

const encoder = new TextEncoder();
const PLAIN = /^[\x20!#-[\]-~]*$/;

/** Reads a text that is already computed, such as an attribute with a type, like an unquoted cell. */
export function compileText(
  spec: CellSpec,
  format: Format,
): Omit<CompiledCell, 'write'> & {
  readonly tag: AttributeTag;
  write(row: Row, text: string, at: number): number;
} {
  const cell = compileCell(spec, format, true);
  return {
    ...cell,
    tag: cell.type.tag,
    write(row, text, at) {
      const bytes = encoder.encode(text);
      const padded = new Uint8Array(bytes.length + SPARE_BYTES + 1);
      padded.set(bytes);
      const reader = {
        starts: Int32Array.of(0),
        ends: Int32Array.of(bytes.length),
        marks: Uint8Array.of(PLAIN.test(text) ? 0 : SPECIAL),
      } as RecordReader;
      const as: Row = { ...row, reader, from: wordsOf(padded) };
      const end = cell.write(as, 0, at);
      row.valueBytes = as.valueBytes;
      row.refusals = as.refusals;
      return end;
    },
  };
}

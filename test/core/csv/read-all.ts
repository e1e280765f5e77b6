import { cellText } from '../../../src/core/csv/cell-text.ts';
import { createRecordReader } from '../../../src/core/csv/record-reader.ts';
import { DEFAULT_FORMAT, type Format } from '../../../src/core/csv/format.ts';

export const COMMA: Format = DEFAULT_FORMAT;

export type ReadRecord = { fields: string[]; fault: string | null; line: number; start: number; end: number };

/** Every record of a document, which reaches the reader in pieces that end at the cuts. */
export function readAll(
  document: Uint8Array,
  format: Format = COMMA,
  cuts: readonly number[] = [],
): ReadRecord[] {
  const reader = createRecordReader(format);
  const records: ReadRecord[] = [];
  const stops = [...new Set([...cuts.filter((cut) => cut < document.length), document.length])].sort(
    (a, b) => a - b,
  );
  let begin = 0;
  let line = 1;
  for (const stop of stops) {
    // A copy of just what is known, so that nothing behind it can be peeked at.
    const bytes = new Uint8Array(stop - begin + 1);
    bytes.set(document.subarray(begin, stop));
    reader.open(bytes, 0, stop - begin, stop === document.length);
    while (reader.next()) {
      const fields = Array.from({ length: reader.fieldCount }, (_, field) =>
        cellText(reader, bytes, field, format),
      );
      records.push({
        fields,
        fault: reader.fault,
        line,
        start: begin + reader.recordStart,
        end: begin + reader.recordEnd,
      });
      line += reader.lines;
    }
    begin += reader.position;
  }
  return records;
}

import type { RecordReader } from './record-reader.ts';

/** A row of which every cell is empty, in quotes or not: a line with nothing on it, or with nothing but delimiters. */
export function isBlankRow(reader: RecordReader): boolean {
  return reader.starts[0] === reader.ends[0] && areAllEmpty(reader);
}

function areAllEmpty({ fieldCount, starts, ends, fault }: RecordReader): boolean {
  // Of more cells than the reader keeps it is not known.
  if (fieldCount > starts.length) return false;
  for (let field = 0; field < fieldCount; field++) if (starts[field] !== ends[field]) return false;
  return fault === null;
}

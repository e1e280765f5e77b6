import type { RecordReader } from './record-reader.ts';

/** A row whose cells are all empty, quoted or not: an empty line, or a line of delimiters. */
export function isBlankRow(reader: RecordReader): boolean {
  return reader.starts[0] === reader.ends[0] && areAllEmpty(reader);
}

function areAllEmpty({ fieldCount, starts, ends, fault }: RecordReader): boolean {
  // The reader does not store the positions of more cells.
  if (fieldCount > starts.length) return false;
  for (let field = 0; field < fieldCount; field++) if (starts[field] !== ends[field]) return false;
  return fault === null;
}

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/** About as much as a disk likes at a time. */
const CHUNK_ROWS = 2_000;

/** A header and so many rows, in pieces of many rows. */
export function* rowsText(header: string, rows: number, rowText: (row: number) => string): Generator<string> {
  yield header;
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    let text = '';
    for (let row = from; row < Math.min(rows, from + CHUNK_ROWS); row++) text += rowText(row);
    yield text;
  }
}

/** Writes the pieces to a file, in memory that does not grow with it. Returns the file's size in bytes. */
export async function writePieces(
  path: string,
  pieces: Iterable<string>,
  encoding: BufferEncoding = 'utf8',
): Promise<number> {
  const file = createWriteStream(path, { encoding });
  for (const text of pieces) {
    if (!file.write(text, encoding)) await once(file, 'drain');
  }
  file.end();
  await finished(file);
  return file.bytesWritten;
}

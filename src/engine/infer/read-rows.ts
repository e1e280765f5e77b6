import { createFooter } from '../../core/csv/footer.ts';
import type { Format } from '../../core/csv/format.ts';
import { createRecordReader, type RecordReader } from '../../core/csv/record-reader.ts';
import { createRecordShape, ROW } from '../../core/csv/record-shape.ts';
import { textBytes } from '../../core/csv/text/text-coding.ts';
import { textEnd } from '../../core/csv/text/text-end.ts';
import { SluiceError } from '../../core/errors.ts';
import { MAX_RECORD_BYTES } from '../../core/intake.ts';
import { SPARE_BYTES } from '../../core/types/words.ts';
import type { FileHeader } from '../file/file-header.ts';
import type { InferFile } from './infer.ts';

const FIRST_BUFFER_BYTES = 512 * 1024;
const BEHIND_BYTES = Math.max(1, SPARE_BYTES);

/**
 * Passes over the rows of a file behind its header, without its footer, blank rows and comments. The buffer holds one record and a
 * piece. `endBytes`: only rows that begin before it. Throws `record-too-large`, `footer-too-large` and what the source throws.
 */
export async function readRows(
  { source, object }: InferFile,
  header: Pick<FileHeader, 'coding' | 'names' | 'endBytes' | 'endLine'> & { readonly format: Format },
  visit: (reader: RecordReader, bytes: Uint8Array, line: number) => void,
  endBytes = Infinity,
): Promise<void> {
  const { format, names, coding } = header;
  const reader = createRecordReader(format);
  const shape = createRecordShape(format, reader, names.length);
  const footer = createFooter(format, names.length);
  let buffer: Uint8Array = new Uint8Array(FIRST_BUFFER_BYTES + BEHIND_BYTES);
  let filled = 0;
  let line = header.endLine;
  const stop = Math.min(endBytes, textBytes(object, coding));
  if (header.endBytes < stop) {
    for await (const piece of source.read(object, header.endBytes, stop, coding)) {
      push(piece);
      read();
    }
  }
  const end = textEnd(buffer, reader.position, filled);
  reader.open(buffer, reader.position, end, true);
  footer?.open(buffer, 0, end, true);
  read();

  function push(piece: Uint8Array): void {
    const moved = reader.position;
    buffer.copyWithin(0, moved, filled);
    filled -= moved;
    if (filled + piece.length + BEHIND_BYTES > buffer.length) {
      const larger = new Uint8Array((filled + piece.length) * 2 + BEHIND_BYTES);
      larger.set(buffer.subarray(0, filled));
      buffer = larger;
    }
    buffer.set(piece, filled);
    filled += piece.length;
    reader.open(buffer, 0, filled, false);
    footer?.open(buffer, moved, filled, false);
  }

  function read(): void {
    footer?.scan();
    const limit = footer?.rowLimit ?? Infinity;
    while (reader.position < limit && reader.next()) {
      if (shape.fit(buffer) === ROW) visit(reader, buffer, line);
      line += reader.lines;
    }
    if (filled - (footer ?? reader).position > MAX_RECORD_BYTES + 2) throw tooLarge(line);
  }
}

function tooLarge(line: number): SluiceError {
  return new SluiceError(
    'record-too-large',
    `The record that begins on line ${line} has more than ${MAX_RECORD_BYTES} bytes. Most likely a quote is opened there and never closed: close it, and infer again.`,
    { data: { line } },
  );
}

import { readHeader } from '../core/csv/header.ts';
import { createRecordReader } from '../core/csv/record-reader.ts';
import type { Dataset } from '../core/dataset.ts';
import { SluiceError } from '../core/errors.ts';
import { foreignKind, type ForeignKind, isCompressed, textBytes } from '../core/file-kind.ts';
import { type ObjectRef, objectName } from '../core/import.ts';
import { MAX_RECORD_BYTES } from '../core/intake.ts';
import type { Source } from '../core/ports.ts';

export type FileHeader = {
  readonly names: readonly string[];
  /** The header as it stands in the file, without its line end. */
  readonly raw: Uint8Array;
  /** Where the first record begins: offset and line. */
  readonly endBytes: number;
  readonly endLine: number;
};

/** Most headers are in the first read. */
const FIRST_READ_BYTES = 64 * 1024;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Reads the header of an object: its first record, behind a byte order mark if there is one. Throws `empty-file`,
 * `header-invalid` (also where the file is no text at all), `duplicate-header`, `record-too-large`, and what the source throws.
 */
export async function readFileHeader(
  source: Source,
  object: ObjectRef,
  dataset: Dataset,
): Promise<FileHeader> {
  for (let length = FIRST_READ_BYTES; ; length *= 8) {
    const { bytes, end } = await readBytes(source, object, Math.min(length, textBytes(object)));
    const last = end < length || end === textBytes(object);
    refuseForeign(bytes, object);
    const reader = createRecordReader(dataset.format);
    const start = BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte) ? BYTE_ORDER_MARK.length : 0;
    reader.open(bytes, start, end, last);
    for (let line = 1; reader.next();) {
      line += reader.lines;
      // Nothing on a line is no header either.
      if (reader.recordStart === reader.recordEnd) continue;
      return {
        names: readHeader(reader, bytes, dataset.format),
        raw: bytes.slice(reader.recordStart, reader.recordEnd),
        endBytes: reader.position,
        endLine: line,
      };
    }
    if (last) {
      throw new SluiceError(
        'empty-file',
        `${objectName(object)} is empty: it has no header. Drop it again with one.`,
        {
          data: { bucket: object.bucket, key: object.key },
        },
      );
    }
    if (length >= MAX_RECORD_BYTES) {
      throw new SluiceError(
        'record-too-large',
        `The header (line 1) has more than ${MAX_RECORD_BYTES} bytes. Most likely a quote in it is never closed: close it, or set format.quote.`,
        { data: { line: 1 } },
      );
    }
  }
}

/** The first `length` bytes, or as many as there are; behind them is a byte to spare for the record reader. */
async function readBytes(
  source: Source,
  object: ObjectRef,
  length: number,
): Promise<{ bytes: Uint8Array; end: number }> {
  const bytes = new Uint8Array(length + 1);
  let end = 0;
  for await (const piece of source.read(object, 0, length)) {
    bytes.set(piece, end);
    end += piece.length;
  }
  return { bytes, end };
}

const TWICE = 'gzip within gzip. Drop it again compressed once';
const REMEDIES: { readonly [kind in ForeignKind]: string } = {
  gzip: 'gzip, but its name does not end in .gz. Drop it again under a name that does, or uncompressed',
  zip: 'a ZIP archive, as Excel workbooks (.xlsx) are. Save the sheet as CSV UTF-8, or unpack the archive, and drop that',
};

function refuseForeign(bytes: Uint8Array, object: ObjectRef): void {
  const kind = foreignKind(bytes);
  if (kind === null) return;
  const remedy = kind === 'gzip' && isCompressed(object) ? TWICE : REMEDIES[kind];
  throw new SluiceError('header-invalid', `${objectName(object)} is no CSV file: it is ${remedy}.`, {
    data: { bucket: object.bucket, key: object.key, kind },
  });
}

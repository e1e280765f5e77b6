import { isBlankRow } from '../core/csv/blank-row.ts';
import { readHeader } from '../core/csv/header.ts';
import { createRecordReader } from '../core/csv/record-reader.ts';
import { isSeparatorLine } from '../core/csv/separator-line.ts';
import { textEnd } from '../core/csv/text-end.ts';
import type { Dataset } from '../core/dataset/dataset.ts';
import type { Format } from '../core/csv/format.ts';
import { SluiceError } from '../core/errors.ts';
import { textBytes } from '../core/csv/file-kind.ts';
import { foreignFile } from '../core/csv/foreign-file.ts';
import { type ObjectRef, objectName } from '../core/imports/import.ts';
import { MAX_RECORD_BYTES } from '../core/intake.ts';
import type { Source } from '../core/ports.ts';
import { type Warning, warning } from '../core/imports/warning.ts';

export type FileHeader = {
  readonly names: readonly string[];
  /** The header as it stands in the file, without its line end. */
  readonly raw: Uint8Array;
  /** Where the first record begins: offset and line. */
  readonly endBytes: number;
  readonly endLine: number;
  /** Of what stands before the header. */
  readonly warnings: readonly Warning[];
};

/** Most headers are in the first read. */
const FIRST_READ_BYTES = 64 * 1024;
/** Behind a header of the largest size its CR and LF are still in the last read. */
const LAST_READ_BYTES = MAX_RECORD_BYTES + 2;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Reads the header of an object: its first record, behind what may stand before it: byte order marks, blank rows, and Excel's
 * `sep=` line. Throws `not-csv`, `empty-file`, `header-invalid`, `duplicate-header`, `too-many-columns`, `record-too-large` (with
 * what stands before it), and what the source throws.
 */
export async function readFileHeader(
  source: Source,
  object: ObjectRef,
  dataset: Dataset,
): Promise<FileHeader> {
  for (let length = FIRST_READ_BYTES; ; length = Math.min(length * 8, LAST_READ_BYTES)) {
    const { bytes, end } = await readBytes(source, object, Math.min(length, textBytes(object)));
    const last = end < length || end === textBytes(object);
    refuseForeign(bytes.subarray(0, end), object);
    const header = findHeader(bytes, end, last, dataset.format);
    if (header !== null) return header;
    if (last) {
      throw new SluiceError(
        'empty-file',
        `${objectName(object)} is empty: it has no header. Upload it again with a header.`,
        {
          data: { bucket: object.bucket, key: object.key },
        },
      );
    }
    if (length === LAST_READ_BYTES) throw tooLarge();
  }
}

/** null: it is not whole in these bytes. */
function findHeader(bytes: Uint8Array, end: number, last: boolean, format: Format): FileHeader | null {
  const reader = createRecordReader(format);
  reader.open(bytes, 0, last ? textEnd(bytes, 0, end) : end, last);
  const warnings: Warning[] = [];
  let marks = 0;
  for (let line = 1; ; line += reader.lines) {
    // Programs that join or convert files repeat it.
    for (; hasMark(bytes, reader.position); marks++) reader.position += BYTE_ORDER_MARK.length;
    if (!reader.next()) return null;
    const raw = bytes.subarray(reader.recordStart, reader.recordEnd);
    if (isBlankRow(reader)) continue;
    if (warnings.length === 0 && isSeparatorLine(raw, line, format)) {
      warnings.push(warning('separator-line', `Line ${line} is a sep= line for Excel, and was skipped.`));
      continue;
    }
    if (reader.recordEnd > MAX_RECORD_BYTES) throw tooLarge();
    if (marks > 1) {
      const text = `${marks} byte order marks precede the header, and were skipped.`;
      warnings.push(warning('repeated-mark', text));
    }
    return {
      names: readHeader(reader, bytes, format, line),
      raw: raw.slice(),
      endBytes: reader.position,
      endLine: line + reader.lines,
      warnings,
    };
  }
}

function hasMark(bytes: Uint8Array, at: number): boolean {
  return BYTE_ORDER_MARK.every((byte, index) => bytes[at + index] === byte);
}

function tooLarge(): SluiceError {
  return new SluiceError(
    'record-too-large',
    `The header has more than ${MAX_RECORD_BYTES} bytes. Probably a quote in it is not closed: close it, or set format.quote.`,
  );
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

function refuseForeign(bytes: Uint8Array, object: ObjectRef): void {
  const foreign = foreignFile(bytes, object);
  if (foreign === null) return;
  throw new SluiceError(
    'not-csv',
    `${objectName(object)} is not a CSV file: it is ${foreign.name}. ${foreign.remedy}.`,
    { data: { bucket: object.bucket, key: object.key, is: foreign.name } },
  );
}

import { encodingKind } from '../../core/csv/text/encoding.ts';
import { foreignFile } from '../../core/csv/text/foreign-file.ts';
import type { Format } from '../../core/csv/format.ts';
import {
  compressionOf,
  isStreamed,
  markedEncoding,
  PLAIN_TEXT,
  type TextCoding,
  textBytes,
} from '../../core/csv/text/text-coding.ts';
import { checkEncoding } from '../../core/csv/text/text-guess.ts';
import { SluiceError } from '../../core/errors.ts';
import { type ObjectRef, objectName } from '../../core/imports/import.ts';
import type { Source } from '../../core/ports.ts';

/** The beginning of an object's text; behind it is a byte to spare for the record reader. */
export type Beginning = {
  readonly bytes: Uint8Array;
  readonly end: number;
  /** The text ends there. */
  readonly last: boolean;
};

/** An object's text, once it is known how its bytes are to be read. */
export type FileText = Beginning & {
  readonly coding: TextCoding;
  /** The declared format, with the encoding of the byte order mark if there is one. */
  readonly format: Format;
  /** It is declared in a single-byte encoding, and the beginning does not show that it is no UTF-8. */
  readonly mayBeUtf8: boolean;
  /** A longer beginning. */
  read(length: number): Promise<Beginning>;
};

/**
 * Finds compression and encoding of an object by its first bytes. A plain object is read once for it; a compressed one or one that is
 * decoded as a stream again. Throws `not-csv`, `encoding-mismatch`, and what the source throws.
 */
export async function openText(
  source: Source,
  object: ObjectRef,
  declared: Format,
  length: number,
): Promise<FileText> {
  const raw = await readBeginning(source, object, length, PLAIN_TEXT);
  const compression = compressionOf(raw.bytes.subarray(0, raw.end));
  const inflated =
    compression === null
      ? raw
      : await readBeginning(source, object, length, { compression, decodedFrom: null });
  const text = inflated.bytes.subarray(0, inflated.end);
  const marked = markedEncoding(text);
  const encoding = marked ?? declared.encoding;
  if (marked === null || marked === 'utf-8') refuseForeign(text, object, compression);
  const isSure = checkEncoding(text, encoding, objectName(object));
  const decodedFrom = encodingKind(encoding) === 'stream' ? encoding : null;
  const coding: TextCoding = { compression, decodedFrom };
  const beginning = decodedFrom === null ? inflated : await readBeginning(source, object, length, coding);
  if (decodedFrom !== null) refuseForeign(beginning.bytes.subarray(0, beginning.end), object, compression);
  return {
    ...beginning,
    coding,
    format: { ...declared, encoding },
    mayBeUtf8: !isSure,
    read: (longer) => readBeginning(source, object, longer, coding),
  };
}

async function readBeginning(
  source: Source,
  object: ObjectRef,
  length: number,
  coding: TextCoding,
): Promise<Beginning> {
  const wanted = Math.min(length, textBytes(object, coding));
  const bytes = new Uint8Array(wanted + 1);
  let end = 0;
  for await (const piece of source.read(object, 0, wanted, coding)) {
    bytes.set(piece, end);
    end += piece.length;
  }
  const last = isStreamed(coding) ? end < wanted : end === object.sizeBytes;
  return { bytes, end, last };
}

function refuseForeign(text: Uint8Array, object: ObjectRef, compression: TextCoding['compression']): void {
  const foreign = foreignFile(text, { compression });
  if (foreign === null) return;
  throw new SluiceError(
    'not-csv',
    `${objectName(object)} is not a CSV file: it is ${foreign.name}. ${foreign.remedy}.`,
    { data: { bucket: object.bucket, key: object.key, is: foreign.name } },
  );
}

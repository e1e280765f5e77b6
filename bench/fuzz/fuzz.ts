import { CsvError, parse } from 'csv-parse/sync';
import { cellText } from '../../src/core/csv/cell-text.ts';
import { createRecordReader } from '../../src/core/csv/record-reader.ts';
import { type FuzzDocument, fuzzDocument } from './documents.ts';

export type FuzzOptions = {
  readonly documents: number;
  readonly seed: number;
  /** Index of the first document, to see one again. Default 0. */
  readonly first?: number;
};

export type FuzzResult = {
  readonly documents: number;
  readonly soups: number;
  readonly records: number;
  readonly fields: number;
  readonly bytes: number;
  /** The first that was found; the search ends there. */
  readonly difference: Difference | null;
};

export type Difference = {
  /** `fuzz({ documents: 1, seed, first: index })` finds it again. */
  readonly index: number;
  readonly between: string;
  readonly document: FuzzDocument;
  readonly answers: readonly [unknown, unknown];
};

type ReadRecord = {
  readonly fields: readonly string[];
  readonly fault: string | null;
  readonly line: number;
  readonly start: number;
  readonly end: number;
};

/**
 * Compares the record reader, which gets each document in pieces, field for field with what the document was written from
 * and with csv-parse, which is as strict about quotes as the format is. Soup is compared with itself in one piece, and with
 * csv-parse where the reader finds no fault in it; where it finds quotes in the wrong places, csv-parse must refuse them too.
 */
export function fuzz(options: FuzzOptions): FuzzResult {
  const first = options.first ?? 0;
  const sums = { soups: 0, records: 0, fields: 0, bytes: 0 };
  for (let index = first; index < first + options.documents; index++) {
    const document = fuzzDocument(options.seed, index);
    const inPieces = readInPieces(document, document.stops);
    const found = document.records === null ? compareSoup(document, inPieces) : compare(document, inPieces);
    sums.bytes += document.bytes.length;
    sums.records += inPieces.length;
    for (const { fields } of inPieces) sums.fields += fields.length;
    if (document.records === null) sums.soups++;
    if (found !== null) {
      return { documents: index + 1 - first, ...sums, difference: { index, document, ...found } };
    }
  }
  return { documents: options.documents, ...sums, difference: null };
}

type Found = Pick<Difference, 'between' | 'answers'>;

function compare(document: FuzzDocument, inPieces: readonly ReadRecord[]): Found | null {
  const written = document.records!;
  const read = fieldsOf(inPieces);
  if (inPieces.some(({ fault }) => fault !== null)) return { between: 'no fault', answers: [[], inPieces] };
  if (!isSame(written, read)) return { between: 'written and read', answers: [written, read] };
  const reference = readByCsvParse(document);
  if (!isSame(reference, read)) return { between: 'csv-parse and read', answers: [reference, read] };
  return null;
}

function compareSoup(document: FuzzDocument, inPieces: readonly ReadRecord[]): Found | null {
  const whole = readInPieces(document, [document.bytes.length]);
  if (JSON.stringify(whole) !== JSON.stringify(inPieces)) {
    return { between: 'whole and in pieces', answers: [whole, inPieces] };
  }
  if (hasOtherBlanks(document)) return null;
  const reference = readByCsvParse(document);
  const fault = whole.find((record) => record.fault !== null)?.fault ?? null;
  const isAgreed = fault === null ? isSame(reference, fieldsOf(whole)) : mayHave(fault) || reference === null;
  return isAgreed ? null : { between: 'csv-parse and soup', answers: [reference, whole] };

  /** csv-parse accepts an escape that escapes nothing, a NUL byte after a quote, and with an option, quotes everywhere. */
  function mayHave(found: string): boolean {
    return (
      found === 'stray-escape' ||
      (found === 'text-after-quote' && document.bytes.includes(0)) ||
      document.format.stray_quotes === 'literal'
    );
  }
}

function fieldsOf(records: readonly ReadRecord[]): readonly (readonly string[])[] {
  return records.map(({ fields }) => fields);
}

/** csv-parse trims more than spaces and tabs. */
function hasOtherBlanks({ format, bytes }: FuzzDocument): boolean {
  return format.trim && /[^\S \t\r\n]/.test(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
}

const buffer = new Uint8Array(1 << 20);

/** As the engine does: one buffer, in which what is left moves to the front and the next piece comes behind it. */
function readInPieces({ bytes, format }: FuzzDocument, stops: readonly number[]): ReadRecord[] {
  const reader = createRecordReader(format);
  const records: ReadRecord[] = [];
  let filled = 0;
  let at = 0;
  let line = 1;
  for (const stop of stops) {
    buffer.copyWithin(0, reader.position, filled);
    filled -= reader.position;
    buffer.set(bytes.subarray(at, stop), filled);
    filled += stop - at;
    at = stop;
    reader.open(buffer, 0, filled, stop === bytes.length);
    while (reader.next()) {
      const fields: string[] = [];
      for (let field = 0; field < reader.fieldCount; field++) {
        fields.push(cellText(reader, buffer, field, format));
      }
      const { fault, recordStart, recordEnd } = reader;
      const before = at - filled;
      records.push({ fields, fault, line, start: before + recordStart, end: before + recordEnd });
      line += reader.lines;
    }
  }
  return records;
}

/** null: it refuses the document. */
function readByCsvParse({ bytes, format }: FuzzDocument): string[][] | null {
  try {
    return parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), {
      delimiter: format.delimiter,
      quote: format.quote,
      escape: format.escape,
      trim: format.trim,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      relax_quotes: format.stray_quotes === 'literal',
    });
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}

function isSame(a: readonly (readonly string[])[] | null, b: readonly (readonly string[])[]): boolean {
  return (
    a !== null &&
    a.length === b.length &&
    a.every((fields, index) => {
      const others = b[index]!;
      return fields.length === others.length && fields.every((field, at) => field === others[at]);
    })
  );
}

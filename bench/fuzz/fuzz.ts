import { type FuzzDocument, fuzzDocument } from './documents.ts';
import {
  hasOtherBlanks,
  isKnownToCsvParse,
  readByCsvParse,
  readInPieces,
  type ReadRecord,
} from './readings.ts';
import { slowRead } from './slow-reader.ts';
import type { Cell } from './write-cell.ts';

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

/**
 * Compares the record reader, which gets each document in pieces, field for field with what the document was written from, with the
 * slow reader, and with csv-parse where it has the format's options. Soup is compared with itself in one piece, with the slow reader,
 * and with csv-parse; where the reader finds quotes in the wrong places, csv-parse must refuse them too.
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
  const read = fieldsOf(inPieces);
  if (inPieces.some(({ fault }) => fault !== null)) return { between: 'no fault', answers: [[], inPieces] };
  return (
    differ('written and read', document.records!, read) ??
    differ('slow reader and read', slowRead(document.text, document.format), read) ??
    (isKnownToCsvParse(document.format) && !hasOtherBlanks(document)
      ? differ('csv-parse and read', readByCsvParse(document), read)
      : null)
  );
}

function compareSoup(document: FuzzDocument, inPieces: readonly ReadRecord[]): Found | null {
  const whole = readInPieces(document, [document.bytes.length]);
  const fault = whole.find((record) => record.fault !== null)?.fault ?? null;
  const read = fieldsOf(whole);
  const found =
    differ('whole and in pieces', whole, inPieces) ??
    differ('slow reader and soup', slowRead(document.text, document.format), fault === null ? read : null);
  if (found !== null || !isKnownToCsvParse(document.format) || hasOtherBlanks(document)) return found;
  const reference = readByCsvParse(document);
  if (fault === null) return differ('csv-parse and soup', reference, read);
  return reference === null || mayHave(fault)
    ? null
    : { between: 'csv-parse and soup', answers: [reference, whole] };

  /**
   * csv-parse accepts an escape that escapes nothing; a NUL byte, a comment, or a blank and quotes behind a quote; and with an option,
   * quotes everywhere.
   */
  function mayHave(found: string): boolean {
    const { trim, comment, stray_quotes } = document.format;
    const isAccepted = trim || comment.length > 0 || document.bytes.includes(0);
    return (
      found === 'stray-escape' || stray_quotes === 'literal' || (found === 'text-after-quote' && isAccepted)
    );
  }
}

function fieldsOf(records: readonly ReadRecord[]): readonly (readonly Cell[])[] {
  return records.map(({ fields }) => fields);
}

function differ(between: string, one: unknown, other: unknown): Found | null {
  return JSON.stringify(one) === JSON.stringify(other) ? null : { between, answers: [one, other] };
}

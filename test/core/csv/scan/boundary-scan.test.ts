import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createBoundaryScan,
  joinScans,
  type RecordPlace,
} from '../../../../src/core/csv/scan/boundary-scan.ts';
import { formats, textsOf } from '../formats.ts';
import { createRecordReader } from '../../../../src/core/csv/record-reader.ts';
import { DEFAULT_FORMAT, type Format } from '../../../../src/core/csv/format.ts';

const rfc4180: Format = DEFAULT_FORMAT;
/** Where the record reader sees records begin. */
function recordPlaces(bytes: Uint8Array, format: Format): readonly RecordPlace[] {
  const reader = createRecordReader(format);
  const padded = new Uint8Array(bytes.length + 1);
  padded.set(bytes);
  reader.open(padded, 0, bytes.length, true);
  const places: RecordPlace[] = [];
  let line = 1;
  while (reader.next()) {
    places.push({ offsetBytes: reader.recordStart, line });
    line += reader.lines;
  }
  return places;
}

/** The same by ranges that end at the given offsets, each pushed in pieces of some length. */
function scannedPlaces(
  bytes: Uint8Array,
  format: Format,
  ends: readonly number[],
  pieceBytes: number,
): readonly RecordPlace[] {
  const scans = ends.map((end, index) => {
    const start = ends[index - 1] ?? 0;
    const scan = createBoundaryScan(format, start);
    for (let at = start; at < end; at += pieceBytes) {
      scan.push(bytes.subarray(at, Math.min(at + pieceBytes, end)));
    }
    return scan.result();
  });
  return joinScans(scans, { offsetBytes: 0, line: 1 });
}

function firstOfEach(places: readonly RecordPlace[], ends: readonly number[]): readonly RecordPlace[] {
  return ends.flatMap((end, index) => {
    const start = ends[index - 1] ?? 0;
    return places.find(({ offsetBytes }) => offsetBytes >= start && offsetBytes < end) ?? [];
  });
}

test.each([
  ['a,b\nc,d\n', [4, 8]],
  ['a,b\r\nc,d\r\n', [4, 5, 10]],
  ['a,"b\nc",d\ne,f\n', [5, 9, 15]],
  ['a,b"c\nd,e\n', [4, 10]],
  ['"a""\n",b\nc\n', [4, 5, 11]],
  ['"a"x\nb\n', [3, 7]],
])('finds the first record of each range of %j', (text, ends) => {
  const bytes = new TextEncoder().encode(text);
  expect(scannedPlaces(bytes, rfc4180, ends, 100)).toEqual(firstOfEach(recordPlaces(bytes, rfc4180), ends));
});

test('sees what the record reader sees, for any format, bytes, ranges and pieces', () => {
  const documents = formats.chain((format) =>
    fc.record({
      format: fc.constant(format),
      // Blanks behind the last line end are a record to the scan only; it costs a chunk without rows.
      text: textsOf(format).map((text) => (format.trim ? `${text}a` : text)),
    }),
  );
  fc.assert(
    fc.property(
      documents,
      fc.array(fc.nat(60), { maxLength: 6 }),
      fc.integer({ min: 1, max: 20 }),
      ({ format, text }, cuts, pieceBytes) => {
        const bytes = new TextEncoder().encode(text);
        const inside = [...new Set(cuts)].filter((cut) => cut > 0 && cut < bytes.length);
        const ends = [...inside.sort((a, b) => a - b), bytes.length];
        const expected = firstOfEach(recordPlaces(bytes, format), ends);
        expect(scannedPlaces(bytes, format, ends, pieceBytes)).toEqual(expected);
      },
    ),
    { numRuns: 20_000 },
  );
});

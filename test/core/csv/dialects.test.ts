import { CsvError, parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellText } from '../../../src/core/csv/cell-text.ts';
import { encodeText } from '../../../src/core/csv/text/encoding.ts';
import type { Format } from '../../../src/core/csv/format.ts';
import { createRecordReader, NULL_MARK } from '../../../src/core/csv/record-reader.ts';
import { createJsonCopy, MAX_EXPANSION } from '../../../src/core/types/json-string.ts';
import { formats, textsOf } from './formats.ts';
import { type SlowCell, slowRead } from '../../../bench/fuzz/slow-reader.ts';

const documents = fc
  .tuple(formats, fc.constantFrom('utf-8', 'windows-1252', 'koi8-r'))
  .chain(([format, encoding]) =>
    fc.record({
      format: fc.constant({ ...format, encoding }),
      text: textsOf(format).map((text) => `${text}${encoding === 'koi8-r' ? 'Ж' : 'é'}`),
    }),
  );

/** The cells of every record; null if one has a fault. Each cell is also copied as JSON, which must be the same text. */
function read(text: string, format: Format): readonly (readonly SlowCell[])[] | null {
  const content = encodeText(text, format.encoding);
  const bytes = new Uint8Array(content.length + 4);
  bytes.set(content);
  const reader = createRecordReader(format);
  const json = createJsonCopy(format);
  reader.open(bytes, 0, content.length, true);
  const records: SlowCell[][] = [];
  let hasFault = false;
  while (reader.next()) {
    if (reader.isComment) continue;
    hasFault ||= reader.fault !== null;
    records.push(
      Array.from({ length: reader.fieldCount }, (_, field) => {
        if ((reader.marks[field]! & NULL_MARK) !== 0) return null;
        const cell = cellText(reader, bytes, field, format);
        return hasFault || cell.includes('\0') ? cell : copied(field);
      }),
    );
  }
  return hasFault ? null : records;

  function copied(field: number): string {
    const [start, end] = [reader.starts[field]!, reader.ends[field]!];
    const to = new Uint8Array((end - start) * MAX_EXPANSION + 8);
    const length = json.copy(bytes, start, end, to, 0, reader.marks[field]!);
    const text = JSON.parse(`"${Buffer.from(to.subarray(0, length)).toString()}"`) as string;
    const isCopy = text === cellText(reader, bytes, field, format);
    return isCopy && json.textBytes === Buffer.byteLength(text) ? text : `another text is copied: ${text}`;
  }
}

test('the record reader reads what a slow reader reads, in any dialect and encoding', () => {
  fc.assert(
    fc.property(documents, ({ format, text }) => {
      expect(read(text, format)).toEqual(slowRead(text, format));
    }),
    { numRuns: 5000 },
  );
});

test('the record reader reads what csv-parse reads, in the dialects that both have', () => {
  let compared = 0;
  fc.assert(
    fc.property(documents, ({ format, text }) => {
      const records = read(text, format);
      // csv-parse has no backslashes outside of quotes, one comment, and trims line ends too.
      if (records === null || format.backslash_escapes || format.comment.length > 1 || format.trim) return;
      compared++;
      expect(records).toEqual(readByCsvParse(text, format));
    }),
    { numRuns: 5000 },
  );
  expect(compared).toBeGreaterThan(200);
});

function readByCsvParse(text: string, format: Format): string[][] | null {
  const ends = { any: ['\r\n', '\n', '\r'], lf: '\n', crlf: '\r\n', cr: '\r' };
  try {
    return parse(text, {
      delimiter: format.delimiter,
      quote: format.quote ?? false,
      escape: format.quote === null ? null : format.escape,
      comment: format.comment[0] ?? null,
      comment_no_infix: true,
      record_delimiter: ends[format.line_end],
      relax_column_count: true,
      relax_quotes: format.stray_quotes === 'literal',
    });
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}

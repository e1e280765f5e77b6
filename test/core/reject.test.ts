import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatRejects } from '../../src/core/reject.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (body: Uint8Array) => new TextDecoder().decode(body);

test('a reject file keeps header and records byte for byte, in the format of the file', () => {
  const format = { delimiter: ';', quote: "'", escape: '\\', trim: false };
  const body = formatRejects(
    bytes("id;'na;me'"),
    [
      {
        line: 3,
        column: 'na;me',
        code: 'number-invalid',
        reason: "it's not \\ a number",
        record: Uint8Array.of(0xff, 0x3b, 0x41),
      },
    ],
    format,
  );
  const head =
    "sluice_line;sluice_column;sluice_code;sluice_reason;id;'na;me'\n3;'na;me';number-invalid;'it\\'s not \\\\ a number';";
  expect(body).toEqual(Uint8Array.from([...bytes(head), 0xff, 0x3b, 0x41, 10]));
});

test('a reject file can be read as CSV, whatever the reasons hold', () => {
  const format = { delimiter: ',', quote: '"', escape: '"', trim: false };
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (column, reason) => {
      const body = formatRejects(
        bytes('id'),
        [{ line: 2, column, code: 'key-empty', reason, record: bytes('p1') }],
        format,
      );
      const rows = parse(text(body), {
        record_delimiter: ['\r\n', '\n', '\r'],
        relax_quotes: true,
      });
      expect(rows[1]).toEqual(['2', column, 'key-empty', reason, 'p1']);
    }),
  );
});

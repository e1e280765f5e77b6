import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_FORMAT, type Format } from '../../../../src/core/csv/format.ts';
import { createRejectRows } from '../../../../src/core/rows/rejects/reject-rows.ts';
import type { Fault } from '../../../../src/core/fault.ts';
import { type Reject, rejectHeader } from '../../../../src/core/rows/rejects/reject.ts';

const IMPORT = '0123456789abcdef0123';
const bytes = (text: string) => new TextEncoder().encode(text);
const comma: Format = {
  ...DEFAULT_FORMAT,
  delimiter: ',',
  quote: '"',
  escape: '"',
  trim: false,
  stray_quotes: 'reject',
};

/** A reject file. */
function fileOf(header: string, rejects: readonly Reject[], format = comma): Uint8Array {
  const rows = createRejectRows(format);
  for (const reject of rejects) rows.add(reject);
  return Buffer.concat([rejectHeader(IMPORT, bytes(header), format, false), rows.bytes()]);
}

test('a reject file keeps header and records byte for byte, in the format of the file', () => {
  const format: Format = {
    ...DEFAULT_FORMAT,
    delimiter: ';',
    quote: "'",
    escape: '\\',
    trim: false,
    stray_quotes: 'reject',
  };
  const fault: Fault = { column: 'na;me', code: 'number-invalid', reason: "it's not \\ a number" };
  const body = fileOf(
    "id;'na;me'",
    [{ line: 3, faults: [fault], record: Uint8Array.of(0xff, 0x3b, 0x41) }],
    format,
  );
  const head = `sluice_line_${IMPORT};sluice_column;sluice_code;sluice_reason;id;'na;me'\n3;'na;me';number-invalid;'it\\'s not \\\\ a number';`;
  expect(body).toEqual(Buffer.from([...bytes(head), 0xff, 0x3b, 0x41, 10]));
});

test('a reject file lists the faults of a row in the same order in its columns', () => {
  const faults: Fault[] = [
    { column: 'age', code: 'number-invalid', reason: '"old" is not a number' },
    { column: 'active', code: 'boolean-invalid', reason: 'why' },
  ];
  expect(parse(fileOf('id', [{ line: 2, faults, record: bytes('p1') }]), { relax_quotes: true })[1]).toEqual([
    '2',
    'age; active',
    'number-invalid; boolean-invalid',
    '"old" is not a number; why',
    'p1',
  ]);
});

test('a reject file contains a bounded part of a name and of a reason', () => {
  const faults: Fault[] = [
    { column: 'n'.repeat(60_000), code: 'refused-by-table', reason: 'r'.repeat(60_000) },
  ];
  const [, row] = parse(fileOf('id', [{ line: 2, faults, record: bytes('p1') }]));
  expect(row).toEqual([
    '2',
    expect.stringMatching(/^n{100,} \[…\] n+$/),
    'refused-by-table',
    expect.stringMatching(/^r{300,} \[…\] r+$/),
    'p1',
  ]);
  expect(row!.map((cell: string) => Buffer.byteLength(cell))).toEqual([1, 214, 16, 428, 2]);
});

test('a reject file is valid CSV, whatever the reasons contain', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ maxLength: 200 }),
      (column, reason) => {
        const faults: Fault[] = [{ column, code: 'key-empty', reason }];
        const rows = parse(fileOf('id', [{ line: 2, faults, record: bytes('p1') }]), {
          record_delimiter: ['\r\n', '\n', '\r'],
          relax_quotes: true,
        });
        expect(rows[1]).toEqual(['2', column, 'key-empty', reason, 'p1']);
      },
    ),
  );
});

test('rows that are added late are in the order of the file, and their memory is counted', () => {
  const order = fc.uniqueArray(fc.integer({ min: 2, max: 1e6 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(order, (lines) => {
      const rows = createRejectRows(comma);
      for (const line of lines) {
        rows.add({
          line,
          faults: [{ column: 'a', code: 'key-empty', reason: 'é' }],
          record: bytes(`p${line}`),
        });
      }
      const expected = lines.toSorted((a, b) => a - b).map((line) => `${line},a,key-empty,é,p${line}\n`);
      expect(new TextDecoder().decode(rows.bytes())).toBe(expected.join(''));
      expect(rows.count).toBe(lines.length);
      expect(rows.heldBytes).toBeGreaterThanOrEqual(bytes(expected.join('')).length + 16 * lines.length);
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CellSpec } from '../../../src/core/types/column-spec.ts';
import { rawCell } from './cell.ts';

const SPECS: readonly CellSpec[] = [
  {},
  { trim: true, strip: ['€'], null_values: ['', 'NULL'], case: 'upper', normalize: 'nfkd' },
  { length: { min: 2, max: 3 }, pattern: '^[a-z]+$', enum: ['ab'] },
  {
    type: 'number',
    decimal: ',',
    thousands: ['.', '\u00a0'],
    strip: ['€'],
    negative: 'parentheses',
    divide: 100,
    min: '0',
  },
  { type: 'number', multiply: 1_000_000_000_000, negative: 'trailing' },
  { type: 'integer' },
  { type: 'boolean', true_values: ['Ja', 'да'], false_values: ['Nein'] },
  { type: 'date', format: ['iso', 'd.M.yy', 'MMMM d yyyy'], store: 'MMMM d yyyy' },
  { type: 'time', max: '99:59:59' },
  { type: 'datetime', format: ['iso', 'epoch_ms', 'dd.MM.yyyy HH:mm z'], time_zone: 'America/St_Johns' },
  {
    type: 'datetime',
    format: ['epoch_s'],
    store: 'MMMM dd yyyy HH:mm:ss.SSSSSSSSS XXX z',
    time_zone: 'Europe/Berlin',
  },
  { type: 'json' },
  { type: 'list', separator: '|' },
  { type: 'list', format: ['postgres'], of: 'number' },
  { type: 'list', format: ['json'] },
  { type: 'list', format: ['json'], of: 'boolean' },
  { type: 'string_set', separator: ',', normalize: 'nfkd' },
  { type: 'number_set', format: ['json'] },
  { type: 'binary' },
  { type: 'binary', encoding: 'hex' },
];

test('any bytes in a cell of any type become a value of the size and room that is said, null, or faults', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ...'0123456789-+.,:;TZ |"\\{}[]()€eE'.split(''),
      'NULL',
      'null',
      'true',
      '""',
      '\\u00e9',
      '2024-03-09',
      '10:00',
      '{"a":',
      '\ufdfa',
      'AM',
      'Europe/Berlin',
    ),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  const content = fc.oneof(
    fc
      .array(piece, { maxLength: 12 })
      .map((pieces) => Buffer.from(`"${pieces.join('').replaceAll('"', '""')}"`)),
    fc
      .array(piece, { maxLength: 12 })
      .map((pieces) => Buffer.from(pieces.join('').replaceAll(/[",\r\n]/g, ''))),
    fc
      .uint8Array({ maxLength: 12 })
      .map((bytes) => Buffer.from(bytes.filter((byte) => ![10, 13, 34, 44].includes(byte)))),
  );
  fc.assert(
    fc.property(fc.constantFrom(...SPECS), content, fc.boolean(), (spec, bytes, isKey) => {
      const fate = rawCell(spec, bytes, { isKey });
      // `rawCell` compares size and room; a refusal without a fault would be an empty list.
      expect(fate === null || Object.keys(fate).length > 0).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

import { expect, test } from 'vitest';
import type { RejectCode } from '../../../src/core/errors.ts';
import type { CellSpec } from '../../../src/core/types/column-spec.ts';
import { cell, rawCell } from './cell.ts';

test.each<[RejectCode, CellSpec, string]>([
  ['number-invalid', { type: 'number' }, 'x'],
  ['number-out-of-range', { type: 'number' }, '1e126'],
  ['integer-invalid', { type: 'integer' }, '1.5'],
  ['boolean-invalid', { type: 'boolean' }, 'maybe'],
  ['date-invalid', { type: 'date' }, '2024-02-30'],
  ['time-invalid', { type: 'time' }, '24:00'],
  ['datetime-invalid', { type: 'datetime' }, 'today'],
  ['datetime-without-zone', { type: 'datetime' }, '2024-07-01T10:00:00'],
  ['datetime-ambiguous', { type: 'datetime', time_zone: 'Europe/Berlin' }, '2024-10-27T02:30:00'],
  ['json-invalid', { type: 'json' }, '{'],
  ['list-invalid', { type: 'list', separator: '|', of: 'number' }, '1|x'],
  ['binary-invalid', { type: 'binary' }, '?'],
  ['null-value', { not_null: true }, ''],
  ['below-min', { type: 'number', min: '1' }, '0'],
  ['above-max', { type: 'number', max: '1' }, '2'],
  ['length-invalid', { length: { min: 2, max: null } }, 'x'],
  ['pattern-mismatch', { pattern: '^[0-9]$' }, 'x'],
  ['not-in-enum', { enum: ['a'] }, 'b'],
  ['nul-byte', {}, 'a\0b'],
])('%s: %j, %j', (code, spec, text) => {
  expect((cell(spec, text) as readonly string[]).map((fault) => fault.split(':')[0])).toEqual([code]);
});

test('a byte that the encoding does not have', () => {
  const code: RejectCode = 'encoding-invalid';
  const format = { encoding: 'iso-8859-3' };
  for (const spec of [{}, { trim: true }] as CellSpec[]) {
    expect(rawCell(spec, Uint8Array.of(0x61, 0xa5), { format })).toEqual([
      expect.stringContaining(`${code}: `),
    ]);
  }
});

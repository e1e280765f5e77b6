import { describe, expect, test } from 'vitest';
import type { CellSpec } from '../../../../src/core/types/column-spec.ts';
import { cell } from '../cell.ts';

const date: CellSpec = { type: 'date', format: ['dd.MM.yyyy'] };

describe('rules', () => {
  test.each<[CellSpec, string]>([
    [{ type: 'number', min: '0', max: '10' }, '0'],
    [{ type: 'number', min: '0', max: '10' }, '10.00'],
    [{ type: 'number', min: '-0.1' }, '-0.1'],
    [
      { type: 'number', max: '100000000000000000000000000000000000.5' },
      '100000000000000000000000000000000000.5',
    ],
    [{ type: 'number', divide: 100, min: '1' }, '100'],
    [{ type: 'integer', min: '1' }, '1'],
    [{ ...date, min: '01.01.2024' }, '01.01.2024'],
    [{ type: 'datetime', min: '2024-01-01T00:00:00Z' }, '2024-01-01T01:00:00+01:00'],
    [{ type: 'time', max: '47:59:59' }, '47:59:59'],
    [{ length: { min: 2, max: 3 } }, 'é🎈'],
    [{ length: { min: 2, max: 3 } }, 'a"b'],
    [{ length: { min: 2, max: null } }, 'x'.repeat(1000)],
    [{ pattern: '^[0-9]{5}$' }, '01234'],
    [{ pattern: '^"é\n$' }, '"é\n'],
    [{ case: 'upper', pattern: '^[A-Z]+$' }, 'eur'],
    [{ enum: ['EUR', 'US"D'] }, 'US"D'],
    [{ case: 'upper', enum: ['eur'] }, 'eUr'],
    [{ type: 'number', enum: ['1', '2.50'] }, '2.5'],
    [{ type: 'number', enum: ['1', '2.50'] }, '1.0'],
    [{ ...date, enum: ['01.02.2024'] }, '01.02.2024'],
  ])('%j: %j holds', (spec, text) => {
    expect(Array.isArray(cell(spec, text))).toBe(false);
  });

  test.each<[CellSpec, string, string]>([
    [{ type: 'number', min: '0' }, '-1', 'below-min: "-1" is less than min, 0'],
    [
      { type: 'number', max: '0.3' },
      '0.30000000000000000000000000000000001',
      'above-max: "0.30000000000000000000000000000000001" is more than max, 0.3',
    ],
    [{ type: 'number', divide: 100, min: '1' }, '99', 'below-min: "99" is less than min, 1'],
    [{ type: 'integer', max: '9' }, '10', 'above-max: "10" is more than max, 9'],
    [{ ...date, max: '31.12.2023' }, '01.01.2024', 'above-max: "01.01.2024" is more than max, 31.12.2023'],
    [
      { type: 'datetime', min: '2024-01-01T00:00:00Z' },
      '2024-01-01T00:00:00+01:00',
      'below-min: "2024-01-01T00:00:00+01:00" is less than min, 2024-01-01T00:00:00Z',
    ],
    [{ type: 'time', max: '47:59:59' }, '48:00:00', 'above-max: "48:00:00" is more than max, 47:59:59'],
    [{ length: { min: 2, max: 3 } }, '🎈', 'length-invalid: "🎈" has 1 characters; length allows 2 to 3'],
    [{ length: { min: 18, max: 18 } }, 'x', 'length-invalid: "x" has 1 characters; length allows 18'],
    [
      { length: { min: 2, max: null } },
      'x',
      'length-invalid: "x" has 1 characters; length allows at least 2',
    ],
    [{ pattern: '^[0-9]{5}$' }, '1234', 'pattern-mismatch: "1234" does not match pattern ^[0-9]{5}$'],
    [{ enum: ['EUR', 'USD'] }, 'eur', 'not-in-enum: "eur" is none of enum: EUR, USD'],
    [{ enum: ['EUR', 'USD'] }, 'EURO', 'not-in-enum: "EURO" is none of enum: EUR, USD'],
    [{ type: 'number', enum: ['1'] }, '1.01', 'not-in-enum: "1.01" is none of enum: 1'],
  ])('%j: %j is refused', (spec, text, fault) => {
    expect(cell(spec, text)).toEqual([fault]);
  });

  test('lists every rule that a cell breaks', () => {
    const spec: CellSpec = { length: { min: 3, max: 3 }, pattern: '^[A-Z]+$', enum: ['EUR'] };
    expect(cell(spec, 'e')).toEqual([
      'length-invalid: "e" has 1 characters; length allows 3',
      'pattern-mismatch: "e" does not match pattern ^[A-Z]+$',
      'not-in-enum: "e" is none of enum: EUR',
    ]);
  });

  test('are not applied to null', () => {
    expect(cell({ enum: ['EUR'], length: { min: 3, max: 3 } }, '')).toBeNull();
  });
});

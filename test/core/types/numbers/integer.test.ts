import { describe, expect, test } from 'vitest';
import type { CellSpec } from '../../../../src/core/types/column-spec.ts';
import { cell } from '../cell.ts';

describe('integer', () => {
  test.each<[CellSpec, string, string]>([
    [{ type: 'integer' }, '12', '12'],
    [{ type: 'integer' }, '12.0', '12'],
    [{ type: 'integer' }, '-007', '-7'],
    [{ type: 'integer' }, '1e3', '1000'],
    [{ type: 'integer' }, '1.5e1', '15'],
    [{ type: 'integer' }, '1.5e40', '1.5E40'],
    [{ type: 'integer' }, '-0.0', '0'],
    [{ type: 'integer', thousands: [','] }, '1,000', '1000'],
    [{ type: 'integer', divide: 100 }, '1200', '12'],
  ])('%j: %s becomes %s', (spec, text, number) => {
    expect(cell(spec, text)).toEqual({ N: number });
  });

  test.each<[CellSpec, string, string]>([
    [{ type: 'integer' }, '12.5', 'integer-invalid: "12.5" is not a whole number'],
    [{ type: 'integer' }, '1e-9', 'integer-invalid: "1e-9" is not a whole number'],
    [{ type: 'integer' }, '0.05', 'integer-invalid: "0.05" is not a whole number'],
    [{ type: 'integer', divide: 100 }, '1250', 'integer-invalid: "1250" is not a whole number'],
    [{ type: 'integer' }, 'twelve', 'number-invalid: "twelve" is not a number'],
    [
      { type: 'integer' },
      '1e126',
      'number-out-of-range: "1e126" is beyond DynamoDB\'s numbers (38 digits, 1E-130 to 9.99E+125)',
    ],
  ])('%j: %s is refused', (spec, text, fault) => {
    expect(cell(spec, text)).toEqual([fault]);
  });

  test('an empty cell is null', () => {
    expect(cell({ type: 'integer' }, '')).toBeNull();
  });
});

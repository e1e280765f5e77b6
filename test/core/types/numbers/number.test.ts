import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CellSpec } from '../../../../src/core/types/column-spec.ts';
import { cell } from '../cell.ts';

const german: CellSpec = { type: 'number', decimal: ',', thousands: ['.'] };
const money: CellSpec = { type: 'number', thousands: [','], strip: ['$'], negative: 'parentheses' };
const sap: CellSpec = { type: 'number', decimal: ',', thousands: ['.'], strip: ['€'], negative: 'trailing' };
const french: CellSpec = { type: 'number', decimal: ',', thousands: ['\u00a0', '\u202f', ' '], strip: ['€'] };

const invalid = (text: string) => [`number-invalid: ${JSON.stringify(text)} is not a number`];

describe('number', () => {
  test.each<[CellSpec, string, string]>([
    [{ type: 'number' }, '12.50', '12.50'],
    [{ type: 'number' }, '+1', '1'],
    [{ type: 'number' }, '-.5', '-.5'],
    [{ type: 'number' }, '1e-05', '1e-05'],
    [{ type: 'number' }, '12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
    [german, '0,5', '0.5'],
    [german, '1.234,50', '1234.50'],
    [german, '-1.234.567,8', '-1234567.8'],
    [german, '+1.234', '1234'],
    [german, '12', '12'],
    [german, ',5', '.5'],
    [{ type: 'number', decimal: ',' }, '1,5', '1.5'],
    [{ type: 'number', thousands: [','] }, '1,234.5', '1234.5'],
    [{ type: 'number', thousands: [',', "'"] }, "1'234'567", '1234567'],
    [money, '$1,234.50', '1234.50'],
    [money, '($45.10)', '-45.10'],
    [money, '$(45.10)', '-45.10'],
    [money, '-$5', '-5'],
    [money, '$-5', '-5'],
    [money, ' $ 5 ', '5'],
    [sap, '1.234,50-', '-1234.50'],
    [sap, '1.234,50 ', '1234.50'],
    [sap, '5 €-', '-5'],
    [sap, '-5', '-5'],
    [french, '1\u202f234\u202f567,5\u00a0€', '1234567.5'],
    [french, '1 234', '1234'],
    [{ type: 'number', divide: 100 }, '1999', '19.99'],
    [{ type: 'number', divide: 100 }, '-5', '-0.05'],
    [{ type: 'number', divide: 100 }, '0', '0'],
    [{ type: 'number', multiply: 1000 }, '0.1234', '123.4'],
    [{ type: 'number', multiply: 1_000_000 }, '1.5', '1500000'],
    [{ type: 'number', strip: ['%'], divide: 100 }, '12.5 %', '0.125'],
    [{ type: 'number', trim: true }, ' 7\t', '7'],
  ])('%j: %s becomes %s', (spec, text, number) => {
    expect(cell(spec, text)).toEqual({ N: number });
  });

  test.each<[CellSpec, string]>([
    [{ type: 'number' }, '1,5'],
    [{ type: 'number' }, 'inf'],
    [{ type: 'number' }, 'NaN'],
    [{ type: 'number' }, ' 1'],
    [{ type: 'number' }, '1 000'],
    [{ type: 'number' }, '0x10'],
    [{ type: 'number' }, '5-'],
    [{ type: 'number' }, '(5)'],
    // The point is not what the document says it is.
    [german, '1.5'],
    [german, '1.50'],
    [german, '1234.567'],
    [german, '1.234.56'],
    [german, '1,234.5'],
    [german, '.123'],
    [german, '1..234'],
    [german, '1,5,0'],
    [german, '1.234.'],
    [{ type: 'number', thousands: [','] }, '1,5'],
    [{ type: 'number', thousands: [','] }, '1,50'],
    [{ type: 'number', thousands: [','] }, '12,34,567'],
    [{ type: 'number', thousands: [','] }, '1234,567'],
    [{ type: 'number', thousands: [','] }, '1.234,567'],
    [{ type: 'number', thousands: [',', "'"] }, "1'234,567"],
    [{ type: 'number', decimal: ',' }, '1.5'],
    [money, '(-5)'],
    [money, '(5'],
    [money, '5)'],
    [money, '()'],
    [money, '--5'],
    [money, '+-5'],
    [money, '5 USD'],
    [sap, '-5-'],
    [sap, '5--'],
    [sap, '-'],
  ])('%j: %s is refused', (spec, text) => {
    expect(cell(spec, text)).toEqual(invalid(text));
  });

  test.each<[CellSpec, string]>([
    [{ type: 'number' }, '123456789012345678901234567890123456789'],
    [{ type: 'number', divide: 100 }, '1e-129'],
    [{ type: 'number', multiply: 10 }, '1e125'],
    [german, '1e126'],
  ])('%j: %s is out of range', (spec, text) => {
    expect(cell(spec, text)).toEqual([
      `number-out-of-range: ${JSON.stringify(text)} is beyond DynamoDB's numbers (38 digits, 1E-130 to 9.99E+125)`,
    ]);
  });

  test.each<[CellSpec, string]>([
    [{ type: 'number' }, ''],
    [{ type: 'number', null_values: [] }, ''],
    [{ type: 'number', null_values: ['', 'NaN'] }, 'NaN'],
    [money, ''],
    [money, ' $ '],
    [sap, '€'],
  ])('%j: %j is null', (spec, text) => {
    expect(cell(spec, text)).toBeNull();
    expect(cell(spec, '', { isQuoted: true })).toBeNull();
  });

  test.each([
    ['12.0', '12'],
    ['+012', '12'],
    ['1.2e1', '12'],
    ['-0', '0'],
    ['0.50', '0.5'],
  ])('in a key, %s is written as %s', (text, number) => {
    expect(cell({ type: 'number' }, text, { isKey: true })).toEqual({ N: number });
    expect(cell({ type: 'number', trim: true }, text, { isKey: true })).toEqual({ N: number });
  });

  test('takes the marks of the format, and those of its column before them', () => {
    const format = { decimal: ',', thousands: ['.'] };
    expect(cell({ type: 'number' }, '1.234,5', { format })).toEqual({ N: '1234.5' });
    expect(cell({ type: 'number', decimal: '.', thousands: [] }, '1.234', { format })).toEqual({
      N: '1.234',
    });
  });

  test('reads every number that it is written with other marks', () => {
    const digits = fc.stringMatching(/^[1-9][0-9]{0,11}$/);
    const fraction = fc.stringMatching(/^[0-9]{0,8}$/);
    const marks = fc.constantFrom([',', '.'], ['.', ','], ['.', "'"], [',', ' '], [',', '\u00a0']);
    fc.assert(
      fc.property(
        digits,
        fraction,
        marks,
        fc.constantFrom('leading', 'trailing', 'parentheses'),
        fc.boolean(),
        (whole, part, [decimal = '', mark = ''], negative, isNegative) => {
          const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, mark);
          const text = part === '' ? grouped : grouped + decimal + part;
          const signed = !isNegative
            ? text
            : negative === 'leading'
              ? `-${text}`
              : negative === 'trailing'
                ? `${text}-`
                : `(${text})`;
          const plain = part === '' ? whole : `${whole}.${part}`;
          expect(cell({ type: 'number', decimal, thousands: [mark], negative }, signed)).toEqual({
            N: isNegative ? `-${plain}` : plain,
          });
        },
      ),
    );
  });
});

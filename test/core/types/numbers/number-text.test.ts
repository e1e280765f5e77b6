import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalNumber } from '../../../../src/core/types/numbers/canonical-number.ts';
import { checkNumber } from '../../../../src/core/types/numbers/number-text.ts';

const encoder = new TextEncoder();

function check(text: string) {
  // In the middle of other digits: the bounds count, not the array's.
  const bytes = encoder.encode(`77${text}77`);
  return checkNumber(bytes, 2, bytes.length - 2);
}

/** The value as a pair without trailing zeros, by arithmetic that shares nothing with the subject. */
function valueOf(text: string): { coefficient: bigint; exponent: number } {
  const [mantissa = '', written = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.');
  let coefficient = BigInt(whole + fraction);
  let exponent = Number(written) - fraction.length + 0;
  if (coefficient === 0n) return { coefficient, exponent: 0 };
  while (coefficient % 10n === 0n) {
    coefficient /= 10n;
    exponent++;
  }
  return { coefficient: mantissa.startsWith('-') ? -coefficient : coefficient, exponent };
}

const digits = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom('0', '0', '0', '1', '2', '9'), minLength: min, maxLength: max });

const numberText = fc
  .tuple(
    fc.constantFrom('', '+', '-'),
    fc.oneof(
      digits(1, 45),
      digits(1, 20).map((whole) => `${whole}.`),
      fc.tuple(digits(0, 25), digits(1, 25)).map(([whole, fraction]) => `${whole}.${fraction}`),
    ),
    fc.oneof(
      fc.constant(''),
      fc
        .tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.integer({ min: 0, max: 140 }))
        .map((parts) => parts.join('')),
    ),
  )
  .map((parts) => parts.join(''));

describe('checkNumber', () => {
  it.each([
    '1',
    '+1',
    '-1',
    '1.',
    '.5',
    '-.5',
    '+.5',
    '1e5',
    '1E5',
    '1e+5',
    '1e-5',
    '1.e5',
    '.5e3',
    '1e-0',
    '-0',
    '+0',
    '0.000',
    '007',
    '-007',
    '0e500',
    '0e-500',
    '1e0000000000005',
    '0.1e126',
    '100e-132',
    '1e125',
    '9.9999999999999999999999999999999999999E125',
    '1e-130',
    '0.1e-129',
    '0'.repeat(300),
    '12345678901234567890123456789012345678000',
    '0.00012345678901234567890123456789012345678',
    `1${'0'.repeat(125)}`,
    `0.${'0'.repeat(129)}1`,
    `1.${'0'.repeat(60)}`,
    `${'0'.repeat(60)}.5e3`,
  ])('takes %s, as DynamoDB does', (text) => {
    expect(check(text)).toBe('ok');
  });

  it.each([
    '',
    '.',
    '+',
    '-.',
    '1e',
    'e5',
    '1e+',
    '1e1.5',
    '1.2.3',
    '--1',
    '+-1',
    ' 1',
    '1 ',
    '\t1',
    '1\n',
    '0x10',
    'NaN',
    'Infinity',
    '1_000',
    '1,000',
    '1d',
    '1f',
    '1D5',
    '١',
  ])('calls %j no number, as DynamoDB does', (text) => {
    expect(check(text)).toBe('number-invalid');
  });

  it.each([
    '123456789012345678901234567890123456789',
    '1.23456789012345678901234567890123456789',
    '1e126',
    '-1e126',
    '10e125',
    '1e-131',
    '0.1e-130',
    '1e99999999999',
    '1e-2147483648',
    '0e99999999999',
    `1${'0'.repeat(126)}`,
    `0.${'0'.repeat(130)}1`,
  ])('calls %s out of range, as DynamoDB does', (text) => {
    expect(check(text)).toBe('number-out-of-range');
  });

  it('agrees with exact arithmetic on every well-formed number', () => {
    fc.assert(
      fc.property(numberText, (text) => {
        const { coefficient, exponent } = valueOf(text);
        const magnitude = coefficient < 0n ? -coefficient : coefficient;
        const length = magnitude.toString().length;
        const leading = length - 1 + exponent;
        const inRange = magnitude === 0n || (length <= 38 && leading >= -130 && leading <= 125);
        expect(check(text)).toBe(inRange ? 'ok' : 'number-out-of-range');
      }),
      { numRuns: 5000 },
    );
  });

  it('accepts nothing that JavaScript does not read as a number', () => {
    const noise = fc.string({
      unit: fc.constantFrom('0', '1', '.', 'e', 'E', '+', '-', ' ', 'x'),
      maxLength: 10,
    });
    fc.assert(
      fc.property(noise, (text) => {
        const wellFormed =
          text.trim() === text && text !== '' && !Number.isNaN(Number(text)) && !text.startsWith('0x');
        expect(check(text) !== 'number-invalid').toBe(wellFormed);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('canonicalNumber', () => {
  it.each([
    ['1.0', '1'],
    ['+1', '1'],
    ['007', '7'],
    ['-0', '0'],
    ['0.00e9', '0'],
    ['1e2', '100'],
    ['12.50', '12.5'],
    ['.5', '0.5'],
    ['0.00000010', '0.0000001'],
    ['0.00000001', '1E-8'],
    ['-123e-130', '-1.23E-128'],
    ['1e125', '1E125'],
    ['12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
  ])('writes %s as %s', (text, canonical) => {
    expect(canonicalNumber(text)).toBe(canonical);
  });

  it('keeps the value, is a number itself, and is its own canonical text', () => {
    fc.assert(
      fc.property(numberText, (text) => {
        fc.pre(check(text) === 'ok');
        const canonical = canonicalNumber(text);
        expect(valueOf(canonical)).toEqual(valueOf(text));
        expect(check(canonical)).toBe('ok');
        expect(canonicalNumber(canonical)).toBe(canonical);
      }),
      { numRuns: 5000 },
    );
  });

  it('writes equal values with equal bytes', () => {
    fc.assert(
      fc.property(numberText, fc.nat(5), fc.nat(5), (text, zeros, shift) => {
        fc.pre(check(text) === 'ok');
        const [mantissa = '', exponent = '0'] = text.replace(/^\+/, '').toLowerCase().split('e');
        const sign = mantissa.startsWith('-') ? '-' : '';
        const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
        const moved = `${sign}${'0'.repeat(zeros)}${whole}${fraction}${'0'.repeat(shift)}e${Number(exponent) - fraction.length - shift}`;
        expect(canonicalNumber(moved)).toBe(canonicalNumber(text));
      }),
      { numRuns: 5000 },
    );
  });
});

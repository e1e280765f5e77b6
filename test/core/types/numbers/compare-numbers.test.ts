import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalNumber } from '../../../../src/core/types/numbers/canonical-number.ts';
import { compareNumbers, numberBytes } from '../../../../src/core/types/numbers/compare-numbers.ts';

/** A value as a whole number of units of 1E-60. */
const units = (digits: bigint, exponent: number) => digits * 10n ** BigInt(exponent + 60);

test('compares numbers as exact arithmetic does', () => {
  const number = fc.record({
    digits: fc.oneof(fc.bigInt({ min: -20n, max: 20n }), fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n })),
    exponent: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -60, max: 60 })),
  });
  const near = fc.tuple(number, fc.bigInt({ min: -2n, max: 2n }));
  fc.assert(
    fc.property(number, near, fc.boolean(), (a, [other, step], isNear) => {
      const b = isNear ? { ...a, digits: a.digits + step } : other;
      const [aText, bText] = [a, b].map(({ digits, exponent }) => canonicalNumber(`${digits}e${exponent}`));
      const bytes = numberBytes(`77${aText}77`);
      const ours = Math.sign(compareNumbers(bytes, 2, bytes.length - 2, numberBytes(bText!))) + 0;
      const [aValue, bValue] = [units(a.digits, a.exponent), units(b.digits, b.exponent)];
      expect(ours).toBe(aValue < bValue ? -1 : aValue > bValue ? 1 : 0);
    }),
    { numRuns: 5000 },
  );
});

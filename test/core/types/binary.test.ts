import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CellSpec } from '../../../src/core/types/column-spec.ts';
import { cell } from './cell.ts';

const base64: CellSpec = { type: 'binary' };
const hex: CellSpec = { type: 'binary', encoding: 'hex' };

describe('binary', () => {
  test.each<[CellSpec, string, string]>([
    [base64, 'aGVsbG8=', 'aGVsbG8='],
    [base64, 'aGVsbG8', 'aGVsbG8='],
    [base64, 'AA==', 'AA=='],
    [hex, '68656c6c6f', 'aGVsbG8='],
    [hex, '68656C6C6F', 'aGVsbG8='],
    [hex, '\\x68656c6c6f', 'aGVsbG8='],
    [{ ...hex, strip: ['0x'] }, '0xFF', '/w=='],
    [{ ...base64, length: { min: 5, max: 5 } }, 'aGVsbG8=', 'aGVsbG8='],
  ])('%j: %s', (spec, text, value) => {
    expect(cell(spec, text)).toEqual({ B: value });
    expect(cell(spec, text, { isKey: true })).toEqual({ B: value });
  });

  test.each<[CellSpec, string, string]>([
    [base64, 'a', 'binary-invalid: "a" is not base64'],
    [base64, 'aGVsbG8=x', 'binary-invalid: "aGVsbG8=x" is not base64'],
    [base64, 'aGVsbG8==', 'binary-invalid: "aGVsbG8==" is not base64'],
    [base64, 'aGVs bG8=', 'binary-invalid: "aGVs bG8=" is not base64'],
    [base64, 'AB==', 'binary-invalid: "AB==" is not base64'],
    [base64, '_-__', 'binary-invalid: "_-__" is not base64'],
    [base64, '====', 'binary-invalid: "====" is not base64'],
    [hex, '123', 'binary-invalid: "123" is not hex'],
    [hex, '0g', 'binary-invalid: "0g" is not hex'],
    [
      { ...base64, length: { min: 0, max: 4 } },
      'aGVsbG8=',
      'length-invalid: "aGVsbG8=" has 5 bytes; length allows 0 to 4',
    ],
  ])('%j: %s is refused', (spec, text, fault) => {
    expect(cell(spec, text)).toEqual([fault]);
  });

  test('an empty cell is null', () => {
    expect(cell(base64, '')).toBeNull();
  });

  test('any bytes come back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
        const value = { B: Buffer.from(bytes).toString('base64') };
        expect(cell(base64, value.B)).toEqual(value);
        expect(cell(base64, value.B.replaceAll('=', ''))).toEqual(value);
        expect(cell(hex, Buffer.from(bytes).toString('hex'))).toEqual(value);
      }),
    );
  });
});

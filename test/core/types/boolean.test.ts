import { describe, expect, test } from 'vitest';
import type { CellSpec } from '../../../src/core/types/column-spec.ts';
import { cell } from './cell.ts';

const plain: CellSpec = { type: 'boolean' };
const german: CellSpec = { type: 'boolean', true_values: ['Ja', 'да'], false_values: ['Nein', 'нет'] };

describe('boolean', () => {
  test.each<[CellSpec, string, boolean]>([
    [plain, 'true', true],
    [plain, 'Yes', true],
    [plain, 'T', true],
    [plain, 'y', true],
    [plain, '1', true],
    [plain, 'FALSE', false],
    [plain, 'no', false],
    [plain, 'N', false],
    [plain, 'f', false],
    [plain, '0', false],
    [german, 'Ja', true],
    [german, 'JA', true],
    [german, 'nein', false],
    [german, 'ДА', true],
    [german, 'Нет', false],
    [{ type: 'boolean', trim: true }, ' yes ', true],
  ])('%j: %s is %s', (spec, text, value) => {
    expect(cell(spec, text)).toEqual({ BOOL: value });
  });

  test.each<[CellSpec, string, string]>([
    [plain, 'maybe', '"maybe" is not a boolean (true: true, yes, t, y, 1; false: false, no, f, n, 0)'],
    [plain, '\u0011', '"\\u0011" is not a boolean (true: true, yes, t, y, 1; false: false, no, f, n, 0)'],
    [plain, ' yes', '" yes" is not a boolean (true: true, yes, t, y, 1; false: false, no, f, n, 0)'],
    [german, 'true', '"true" is not a boolean (true: Ja, да; false: Nein, нет)'],
    [german, 'не', '"не" is not a boolean (true: Ja, да; false: Nein, нет)'],
  ])('%j: %s is refused', (spec, text, reason) => {
    expect(cell(spec, text)).toEqual([`boolean-invalid: ${reason}`]);
  });

  test('an empty cell is null', () => {
    expect(cell(plain, '')).toBeNull();
    expect(cell(german, '')).toBeNull();
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CellSpec } from '../../../../src/core/types/column-spec.ts';
import { cell } from '../cell.ts';

const texts: CellSpec = { type: 'string_set', separator: '|' };
const numbers: CellSpec = { type: 'number_set', separator: ',' };

describe('string_set', () => {
  test.each<[CellSpec, string, string[]]>([
    [texts, 'a|b', ['a', 'b']],
    [texts, 'b|a|b|a', ['b', 'a']],
    [texts, 'say "hi"|é', ['say "hi"', 'é']],
    [{ ...texts, trim: true }, ' a | a', ['a']],
    [{ ...texts, case: 'lower' }, 'A|a|B', ['a', 'b']],
    [{ type: 'string_set', format: ['postgres'] }, '{red,"dark blue"}', ['red', 'dark blue']],
    [{ type: 'string_set', format: ['json'] }, '["a","b","a"]', ['a', 'b']],
  ])('%j: %s', (spec, text, elements) => {
    expect(cell(spec, text)).toEqual({ SS: elements });
  });

  test.each<[CellSpec, string]>([
    [texts, ''],
    [{ type: 'string_set', format: ['postgres'] }, '{}'],
    [{ type: 'string_set', format: ['json'] }, '[ ]'],
  ])('%j: %j has no elements, so it is null', (spec, text) => {
    expect(cell(spec, text)).toBeNull();
  });

  test.each<[CellSpec, string, string]>([
    [texts, 'a||b', 'element 2 is empty'],
    [texts, 'a|', 'element 2 is empty'],
    [{ type: 'string_set', format: ['postgres'] }, '{a,NULL}', 'an element is NULL'],
    [{ type: 'string_set', format: ['json'] }, '[1', 'the array is not closed'],
  ])('%j: %s is refused', (spec, text, reason) => {
    expect(cell(spec, text)).toEqual([`list-invalid: ${JSON.stringify(text)} is not a set: ${reason}`]);
  });

  test('has each text once, in the order of the cell', () => {
    const element = fc.string({
      unit: fc.constantFrom('a', 'b', '"', '\\', 'é', ' '),
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 8 }), (elements) => {
        expect(cell(texts, elements.join('|'))).toEqual({ SS: [...new Set(elements)] });
      }),
    );
  });
});

describe('number_set', () => {
  test.each<[CellSpec, string, string[]]>([
    [numbers, '1,2,3', ['1', '2', '3']],
    [numbers, '1,1.0,01,+1,1e0', ['1']],
    [numbers, '2.50,-0', ['2.5', '0']],
    [{ ...numbers, separator: ';', decimal: ',' }, '1,5;2', ['1.5', '2']],
    [{ type: 'number_set', format: ['postgres'] }, '{1,2.5}', ['1', '2.5']],
    [{ type: 'number_set', format: ['json'] }, '[1, "2"]', ['1', '2']],
  ])('%j: %s', (spec, text, elements) => {
    expect(cell(spec, text)).toEqual({ NS: elements });
  });

  test.each<[CellSpec, string, string]>([
    [numbers, '1,x', 'element 2: "x" is not a number'],
    [numbers, '1,', 'element 2 is empty'],
    [numbers, '1e126', `element 1: "1e126" is beyond DynamoDB's numbers (38 digits, 1E-130 to 9.99E+125)`],
  ])('%j: %s is refused', (spec, text, reason) => {
    expect(cell(spec, text)).toEqual([`list-invalid: ${JSON.stringify(text)} is not a set: ${reason}`]);
  });

  test('an empty cell is null', () => {
    expect(cell(numbers, '')).toBeNull();
  });
});

import { describe, expect, test } from 'vitest';
import type { CellSpec } from '../../../../src/core/types/column-spec.ts';
import { cell } from '../cell.ts';

const texts: CellSpec = { type: 'list', separator: '|' };
const integers: CellSpec = { type: 'list', separator: ',', of: 'integer' };
const postgres: CellSpec = { type: 'list', format: ['postgres'] };
const json: CellSpec = { type: 'list', format: ['json'] };

const strings = (...elements: string[]) => ({ L: elements.map((S) => ({ S })) });

describe('list', () => {
  test.each<[CellSpec, string, object]>([
    [texts, 'a|b', strings('a', 'b')],
    [texts, 'a', strings('a')],
    [texts, 'a||b|', strings('a', '', 'b', '')],
    [texts, '|'.repeat(50), strings(...Array<string>(51).fill(''))],
    [texts, ' a | b ', strings(' a ', ' b ')],
    [{ ...texts, trim: true }, ' a | b ', strings('a', 'b')],
    [{ ...texts, separator: '::' }, 'a::b:c', strings('a', 'b:c')],
    [{ ...texts, case: 'upper' }, 'a|é', strings('A', 'É')],
    [integers, '1,2.0,-3', { L: [{ N: '1' }, { N: '2' }, { N: '-3' }] }],
    [{ ...integers, separator: ';', of: 'number', decimal: ',' }, '1,5;2', { L: [{ N: '1.5' }, { N: '2' }] }],
    [{ ...integers, of: 'boolean' }, 'yes,no', { L: [{ BOOL: true }, { BOOL: false }] }],
    [{ ...integers, of: 'date', store: 'epoch_s' }, '2024-03-09', { L: [{ N: '1709942400' }] }],
    [{ ...integers, of: 'binary', encoding: 'hex' }, '00,ff', { L: [{ B: 'AA==' }, { B: '/w==' }] }],
    [postgres, '{a,"b c","with \\"quote\\"",\\{}', strings('a', 'b c', 'with "quote"', '{')],
    [postgres, '{}', { L: [] }],
    [postgres, '{ a , "" , "NULL" }', strings('a', '', 'NULL')],
    [{ ...postgres, of: 'number' }, '{1.5,2}', { L: [{ N: '1.5' }, { N: '2' }] }],
    [json, '["a",1,{"b":null}]', { L: [{ S: 'a' }, { N: '1' }, { M: { b: { NULL: true } } }] }],
    [json, '[]', { L: [] }],
    [{ ...json, of: 'string' }, '["a", "\\u00e9,]" ,1]', strings('a', 'é,]', '1')],
    [{ ...json, of: 'number' }, '[1.50,"2"]', { L: [{ N: '1.50' }, { N: '2' }] }],
    [{ ...json, of: 'boolean' }, '[ true ]', { L: [{ BOOL: true }] }],
  ])('%j: %s', (spec, text, attribute) => {
    expect(cell(spec, text)).toEqual(attribute);
  });

  test.each<[CellSpec, string, string]>([
    [integers, '1,x', 'element 2: "x" is not a number'],
    [integers, '1,,2', 'element 2 is empty'],
    [integers, '1,2.5', 'element 2: "2.5" is not a whole number'],
    [
      { ...integers, of: 'date' },
      '2024-03-09,2024-02-30',
      'element 2: "2024-02-30" is not a date (format: iso)',
    ],
    [postgres, 'a,b', 'an array in braces is needed'],
    [postgres, '{a', 'an array in braces is needed'],
    [postgres, '{a,NULL}', 'an element is NULL'],
    [postgres, '{a,,b}', 'an element is empty: PostgreSQL writes ""'],
    [postgres, '{a,}', 'an element is empty: PostgreSQL writes ""'],
    [postgres, '{{a},{b}}', 'an element is empty: PostgreSQL writes ""'],
    [postgres, '{a{b}', 'the array has a brace or a quote inside an element, or several dimensions'],
    [postgres, '{"a"b}', 'the array has a brace or a quote inside an element, or several dimensions'],
    [postgres, '{"a}', 'a quote is not closed'],
    [json, '{"a":1}', 'a JSON array is needed (character 1)'],
    [json, '[1', 'the JSON ends too early (character 3)'],
    [{ ...json, of: 'string' }, '{}', 'a JSON array is needed'],
    [{ ...json, of: 'string' }, '["a"', 'the array is not closed'],
    [{ ...json, of: 'string' }, '["a', 'a string is not closed'],
    [{ ...json, of: 'string' }, '["a"] x', 'there is text after the array'],
    [{ ...json, of: 'string' }, '[null]', 'an element is not a text, number or boolean'],
    [{ ...json, of: 'string' }, '[[1]]', 'an element is not a text, number or boolean'],
    [{ ...json, of: 'number' }, '["x"]', 'element 1: "x" is not a number'],
  ])('%j: %s is refused', (spec, text, reason) => {
    expect(cell(spec, text)).toEqual([`list-invalid: ${JSON.stringify(text)} is not a list: ${reason}`]);
  });

  test('an empty cell is null, and so is null in JSON', () => {
    for (const spec of [texts, integers, postgres, json]) expect(cell(spec, '')).toBeNull();
    expect(cell(json, 'null')).toBeNull();
  });
});

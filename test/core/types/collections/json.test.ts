import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CellSpec } from '../../../../src/core/types/column-spec.ts';
import { MAX_LEVELS } from '../../../../src/core/types/collections/json-value.ts';
import { cell, rawCell } from '../cell.ts';

const json: CellSpec = { type: 'json' };

type Value = null | boolean | string | { readonly number: string } | readonly Value[] | Map<string, Value>;

/** The text in JSON, and what DynamoDB is to store. */
function write(value: Value, space: string): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Map) {
    const members = [...value].map(
      ([name, member]) => `${space}${JSON.stringify(name)}${space}:${space}${write(member, space)}`,
    );
    return `{${members.join(',')}${space}}`;
  }
  if ('number' in value) return value.number;
  return `[${space}${value.map((each) => write(each, space)).join(`${space},`)}]`;
}

function stored(value: Value): object {
  if (value === null) return { NULL: true };
  if (typeof value === 'boolean') return { BOOL: value };
  if (typeof value === 'string') return { S: value };
  if (value instanceof Map)
    return { M: Object.fromEntries([...value].map(([name, member]) => [name, stored(member)])) };
  return 'number' in value ? { N: value.number } : { L: value.map(stored) };
}

describe('json', () => {
  test.each<[string, object]>([
    [
      '{"a":1,"b":[true,null,"x"]}',
      { M: { a: { N: '1' }, b: { L: [{ BOOL: true }, { NULL: true }, { S: 'x' }] } } },
    ],
    [' [ 1 , 2 ] ', { L: [{ N: '1' }, { N: '2' }] }],
    ['[]', { L: [] }],
    ['{}', { M: {} }],
    ['"text"', { S: 'text' }],
    ['""', { S: '' }],
    ['-1.50e-3', { N: '-1.50e-3' }],
    ['12345678901234567890123456789012345678', { N: '12345678901234567890123456789012345678' }],
    ['false', { BOOL: false }],
    ['"\\u00e9\\ud83c\\udf88\\n\\/\\""', { S: 'é🎈\n/"' }],
    ['{"é":{"b":1}}', { M: { é: { M: { b: { N: '1' } } } } }],
  ])('%s', (text, attribute) => {
    expect(cell(json, text)).toEqual(attribute);
  });

  test.each<[string, string]>([
    ['{"a":1', 'the JSON ends too early (character 7)'],
    ['[1', 'the JSON ends too early (character 3)'],
    ['[1 2]', 'a comma is needed (character 4)'],
    ['[', 'the JSON ends too early (character 2)'],
    ['[1,]', 'this is no JSON value (character 4)'],
    ['{"a" 1}', 'a colon is needed (character 6)'],
    ['{a:1}', 'a name in double quotes is needed (character 2)'],
    ["{'a':1}", 'a name in double quotes is needed (character 2)'],
    ['{"a":1,}', 'a name in double quotes is needed (character 8)'],
    ['{"a":1,"a":2}', 'the name "a" stands twice (character 11)'],
    ['{"a":1,"\\u0061":2}', 'the name "a" stands twice (character 16)'],
    ['{"":1}', 'a name is empty, which DynamoDB does not take (character 4)'],
    ['NaN', 'this is no JSON value (character 1)'],
    ['nul', 'this is no JSON value (character 1)'],
    ['01', 'this is no JSON number (character 3)'],
    ['1.', 'this is no JSON number (character 3)'],
    ['-', 'this is no JSON number (character 2)'],
    ['1e', 'this is no JSON number (character 3)'],
    ['+1', 'this is no JSON value (character 1)'],
    ['1e126', 'the number is beyond those of DynamoDB (character 6)'],
    ['"a', 'a string is not closed (character 3)'],
    ['"a\nb"', 'a control character must be written as an escape (character 3)'],
    ['"\\x"', 'this is no escape of JSON (character 2)'],
    ['"\\u12"', 'this is no escape of JSON (character 2)'],
    ['"\\ud800"', 'half of a surrogate pair (character 2)'],
    ['"\\udc00\\ud800"', 'half of a surrogate pair (character 2)'],
    ['1 2', 'there is text after the value (character 3)'],
    ['[1]]', 'there is text after the value (character 4)'],
    [' ', 'the JSON ends too early (character 2)'],
  ])('%s is refused', (text, reason) => {
    expect(cell(json, text)).toEqual([
      `json-invalid: ${JSON.stringify(text)} is not JSON to store: ${reason}`,
    ]);
  });

  test('text that is not UTF-8 is refused', () => {
    const content = Uint8Array.from([...Buffer.from('{caf'), 0xe9, ...Buffer.from('}')]);
    const [reason] = rawCell({ ...json }, content) as string[];
    expect(reason).toMatch(/^json-invalid: /);
    const text = Uint8Array.from([0x22, 0x22, 0x22, 0xe9, 0x22, 0x22, 0x22]);
    expect(rawCell(json, text)).toEqual([expect.stringMatching(/^json-invalid: .*not valid UTF-8/)]);
  });

  test('null is null', () => {
    expect(cell(json, 'null')).toBeNull();
    expect(cell(json, '')).toBeNull();
    expect(cell({ type: 'json', not_null: true }, 'null')).toEqual([
      'null-value: the cell is empty or null, and the column needs a value',
    ]);
  });

  test('has at most the levels that DynamoDB stores', () => {
    const nested = (levels: number) => '['.repeat(levels - 1) + '1' + ']'.repeat(levels - 1);
    expect(Array.isArray(cell(json, nested(MAX_LEVELS)))).toBe(false);
    expect(cell(json, nested(MAX_LEVELS + 1))).toEqual([expect.stringContaining('more than 32 levels')]);
    const maps = (levels: number) => '{"a":'.repeat(levels - 1) + '1' + '}'.repeat(levels - 1);
    expect(Array.isArray(cell(json, maps(MAX_LEVELS)))).toBe(false);
    expect(cell(json, maps(MAX_LEVELS + 1))).toEqual([expect.stringContaining('more than 32 levels')]);
    expect(cell(json, '['.repeat(100_000))).toEqual([expect.stringContaining('more than 32 levels')]);
  });

  test('stores any JSON as it is, and needs no more room than it asks for', () => {
    const number = fc
      .oneof(fc.integer().map(String), fc.constantFrom('0', '-0', '1.50', '1E+5', '0.00'))
      .map((text) => ({ number: text }));
    const { value } = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<Value>(null, true, false),
        fc.string({ unit: 'binary', maxLength: 5 }),
        number,
        fc.array(tie('value'), { maxLength: 4 }),
        fc
          .uniqueArray(
            fc.tuple(
              fc.string({ maxLength: 3 }).filter((name) => name !== '__proto__' && name !== ''),
              tie('value'),
            ),
            { maxLength: 4, selector: ([name]) => name },
          )
          .map((members) => new Map(members)),
      ),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom('', ' ', '\n\t'), (each, space) => {
        expect(cell(json, write(each, space))).toEqual(each === null ? null : stored(each));
      }),
      { numRuns: 1000 },
    );
  });
});

import { describe, expect, test } from 'vitest';
import type { Scope } from '../../../src/core/expressions/scope.ts';
import { checkTemplate } from '../../../src/core/expressions/template/check-template.ts';
import { parseTemplate, templateNames } from '../../../src/core/expressions/template/template.ts';

const scope: Scope = {
  names: new Map([
    ['order_id', 'string'],
    ['address.zip', 'string'],
    ['payload', 'any'],
    ['a | b', 'string'],
  ]),
  others: 'none',
};

describe('a template', () => {
  test.each([
    ['PROFILE', ['PROFILE']],
    ['', []],
    ['A#${order_id}!', ['A#', { name: 'order_id', filters: [], at: 4 }, '!']],
    ['${ order_id|pad:10 }', [{ name: 'order_id', filters: [{ name: 'pad', argument: '10' }], at: 3 }]],
    [
      '${d | date:HH:mm | default:"a | }"}',
      [
        {
          name: 'd',
          filters: [
            { name: 'date', argument: 'HH:mm' },
            { name: 'default', argument: 'a | }' },
          ],
          at: 2,
        },
      ],
    ],
    ['$${a} $5 {b}', ['${a} $5 {b}']],
  ])('%s', (text, parts) => {
    expect(parseTemplate(text)).toEqual(parts);
  });

  test.each([
    ['${order', 'is never closed', 0, null],
    ['a${}', 'a name is missing', 3, null],
    ['${order_id | uper}', "has an unknown filter 'uper'", 13, 'upper'],
    ['${order_id | up}', "has an unknown filter 'up'", 13, 'upper'],
    ['${order_id | pad}', 'has the filter pad, which needs a width from 1 to 1024', 13, null],
    ['${order_id | pad:0}', 'has the filter pad, which needs a width', 13, null],
    ['${order_id | pad:9999}', 'has the filter pad, which needs a width', 13, null],
    ['${order_id | upper:1}', 'has the filter upper, which takes no argument', 13, null],
    ['${order_id | slice:a}', 'has the filter slice, which needs a start', 13, null],
    ['${order_id | hash:65}', 'has the filter hash, which needs a length', 13, null],
    ['${order_id | date}', 'has the filter date, which needs a format', 13, null],
    ['${order_id | default}', 'has the filter default, which needs a text', 13, null],
    ['${order_id | upper | date:yyyy}', 'has the filter date after another one', 21, null],
    ['A#${ordr_id}', "refers to 'ordr_id', which is no attribute", 4, 'order_id'],
    ['${address}', "refers to 'address', which is no attribute", 2, null],
    ['${address.zp}', "refers to 'address.zp', which is no attribute", 2, 'address.zip'],
    ['${order_id.x}', "refers to 'order_id.x', but 'order_id' has no parts", 2, 'order_id'],
    ['${$lines}', "refers to '$lines'. Allowed: $file, $line, $import, $imported_at, $row_hash", 2, null],
    ['${order_id}'.repeat(201), 'has more than 100 references', 0, null],
  ])('refuses %s', (text, problem, at, suggestion) => {
    expect(checkTemplate(text, scope)).toEqual({ text: expect.stringContaining(problem), at, suggestion });
  });

  test.each(['${order_id}#${address.zip | encode}', '${payload.user.id}', '${$line | pad:8}', '$5'])(
    'accepts %s',
    (text) => {
      expect(checkTemplate(text, scope)).toBeNull();
    },
  );

  test('may name what is not declared, if other columns are kept', () => {
    expect(checkTemplate('${other}', { ...scope, others: 'string' })).toBeNull();
  });

  test('says what it refers to', () => {
    expect(templateNames('${a}#${b.c | pad:3}#${a}${$line}')).toEqual(['a', 'b.c', '$line']);
    expect(templateNames('${')).toEqual([]);
  });
});

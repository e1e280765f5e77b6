import * as cel from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Scope, ValueKind } from '../../../src/core/expressions/scope.ts';
import { compareNumbers, Decimal } from '../../../src/core/expressions/where/decimal.ts';
import { checkWhere, compileWhere, isWhere } from '../../../src/core/expressions/where/where.ts';

const kinds: Record<string, ValueKind> = {
  status: 'string',
  total: 'number',
  at: 'instant',
  flag: 'boolean',
  'address.zip': 'string',
  payload: 'any',
  tags: 'strings',
  numbers: 'numbers',
};
const scope: Scope = { names: new Map(Object.entries(kinds)), others: 'none' };

const there = {
  status: 'ok',
  flag: true,
  total: new Decimal('3'),
  at: new Date('2025-01-01T00:00:00Z'),
  'address.zip': '0123',
  payload: new Map<string, unknown>([
    ['a', 'x'],
    ['n', new Decimal('5')],
    ['list', [new Decimal('5')]],
  ]),
  tags: ['a', 'b'],
  numbers: [new Decimal('5.0')],
};
const missing = {
  status: null,
  flag: null,
  total: null,
  at: null,
  'address.zip': null,
  payload: null,
  tags: [],
  numbers: [],
};

function test1(expression: string, values: Record<string, unknown>): boolean | string {
  const where = compileWhere(expression, scope, { cel });
  if (!isWhere(where)) throw new Error(where.text);
  try {
    return where.test(values);
  } catch (error) {
    return (error as Error).message;
  }
}

const isNull = expect.stringContaining('a value is null');

describe('a condition', () => {
  test.each<[string, boolean | string, boolean | string]>([
    ["status != 'cancelled'", true, true],
    ['status != null', true, false],
    ["status in ['a', 'ok']", true, false],
    ["status.startsWith('o')", true, isNull],
    ["status.matches('^o+k$')", true, isNull],
    ["status.matches('k')", true, isNull],
    ['status.size() == 2', true, isNull],
    ['total > 0', true, isNull],
    ['total != null && total > 0', true, false],
    ['total == null || total > 3', false, true],
    ['total > 2.5', true, isNull],
    ['total == 3', true, false],
    ['total == 3.0', true, false],
    ['3 == total', true, false],
    ['3 <= total', true, isNull],
    ['total >= -5.5', true, isNull],
    ['total in [1, 3]', true, false],
    ['total in [1.5, 3.0]', true, false],
    ["at >= timestamp('2025-01-01T00:00:00Z')", true, isNull],
    ["at - timestamp('2024-12-31T00:00:00Z') == duration('24h')", true, isNull],
    ['flag', true, 'the condition is null, neither true nor false'],
    ['!flag', false, isNull],
    ["address.zip == '0123'", true, false],
    ["payload.a == 'x'", true, 'No such key: a'],
    ['payload.n == 5', true, 'No such key: n'],
    ['payload.n > 4.5', true, 'No such key: n'],
    ['5 in payload.list', true, 'No such key: list'],
    ['has(payload.a)', true, false],
    ["'a' in tags", true, false],
    ["tags.exists(t, t == 'b')", true, false],
    ['5 in numbers', true, false],
    ['5.0 in numbers', true, false],
    ['numbers.all(n, n > 4)', true, true],
    ["total == 3 ? status == 'ok' : false", true, false],
    ["status + 'x' == 'okx'", true, isNull],
  ])('%s', (expression, expected, withNulls) => {
    expect(test1(expression, there)).toEqual(expected);
    expect(test1(expression, missing)).toEqual(withNulls);
  });

  test.each([
    ["stats == 'a'", "refers to 'stats', which is no attribute", 0, 'status'],
    ["flag && adress.zip == '1'", "refers to 'adress.zip', which is no attribute", 8, 'address.zip'],
    ["address.zp == '1'", "refers to 'address.zp', which is no attribute", 0, 'address.zip'],
    ['nothing == 1', "refers to 'nothing', which is no attribute", 0, null],
    ["status = 'a'", "is not valid: '=' cannot stand here", 7, '=='],
    ["(status == 'a'", "is not valid: ')' is missing at the end", 14, null],
    ["(status == 'a' status", "is not valid: ')' is missing before 'status'", 15, null],
    ["status == 'a", 'is not valid: a text has no closing quote', 10, null],
    ['status ==', 'is not valid: it ends too early', 9, null],
    ['(status', 'is not valid', 7, null],
    ["status == 'a' AND flag", 'is not valid', 14, '&&'],
    ["status == 'a' or flag", 'is not valid', 14, '||'],
    ['not flag', 'is not valid', expect.any(Number), null],
    ["status <> 'a'", 'is not valid', expect.any(Number), '!='],
    ['total is null', 'is not valid', 6, '=='],
    ['size(total) > 1', 'is not valid', 0, null],
    ['status.lenght() > 1', 'is not valid', 0, 'size'],
    ['length(status) > 1', 'is not valid', 0, 'size'],
    ['status.startWith("a")', 'is not valid', expect.any(Number), 'startsWith'],
    ['status', 'is a text, neither true nor false', 0, null],
    ['total', 'is a number, neither true nor false', 0, null],
    ["total > '0'", 'is not valid: no such overload: Number > string', 0, null],
    ['total + 1 > 2', 'is not valid: no such overload: Number + int', 0, null],
    ['status > 1', 'is not valid: no such overload: string > int', 0, null],
    ["at > '2025'", 'is not valid: no such overload: timestamp > string', 0, null],
    ['status == 1', 'compares a text with a number, which are never equal', 0, null],
    ["total in ['1']", 'compares a number with a text, which are never equal', 0, null],
    ['numbers == [5]', 'is not valid: no such overload', 0, null],
    ["tags == ['a']", 'compares whole lists or maps', 0, null],
    ['total > 0.12345678901234567', 'cannot be compared exactly', 8, null],
    ['status.matches(status)', 'without a pattern that is written there', 0, null],
    ["status.matches('(')", 'has a pattern that is not valid', 15, null],
    [
      'tags.exists(t, tags.exists(u, u == t))',
      'has a macro (all, exists, map …) inside another one',
      30,
      null,
    ],
    ['cel.bind(x, status, x == status)', 'uses cel.bind', 0, null],
    [Array.from({ length: 30 }, () => 'status').join(' + '), 'has more than 20 additions', 0, null],
    [Array.from({ length: 400 }, () => 'flag').join(' && '), 'is not valid', expect.any(Number), null],
    ["nope('x')", 'is not valid', 0, null],
  ])('refuses %s', (expression, text, at, suggestion) => {
    const problem = checkWhere(expression, scope, { cel });
    expect(problem).toEqual({ text: expect.stringContaining(text), at, suggestion });
  });

  test('reads only the names in it', () => {
    const where = compileWhere("status == 'a' && address.zip != null && has(payload.a)", scope, { cel });
    expect(isWhere(where) && [...where.reads]).toEqual([
      ['status', 'string'],
      ['address.zip', 'string'],
      ['payload', 'any'],
    ]);
  });

  test('takes other names for strings, where columns are not declared', () => {
    const open: Scope = { ...scope, others: 'string' };
    expect(checkWhere("other == 'x'", open, { cel })).toBeNull();
    expect(checkWhere('other > 1', open, { cel })).toMatchObject({
      text: expect.stringContaining('string > int'),
    });
    expect(checkWhere('other > 1', { ...scope, others: 'any' }, { cel })).toBeNull();
  });

  test('searches for a pattern in linear time', () => {
    const status = `${'a'.repeat(50_000)}!`;
    expect(test1("status.matches('(a+)+$')", { ...there, status })).toBe(false);
  });
});

describe('numbers', () => {
  const digits = fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n });
  const decimal = fc.tuple(digits, fc.integer({ min: 0, max: 30 }));
  const text = ([value, scale]: [bigint, number]) => {
    const all = String(value < 0n ? -value : value).padStart(scale + 1, '0');
    const point = all.length - scale;
    return `${value < 0n ? '-' : ''}${all.slice(0, point)}${scale === 0 ? '' : `.${all.slice(point)}`}`;
  };
  const scaled = ([value, scale]: [bigint, number]) => value * 10n ** BigInt(30 - scale);

  test('compare exactly', () => {
    const near = fc.oneof(
      decimal,
      fc.tuple(fc.bigInt({ min: -999n, max: 999n }), fc.integer({ min: 0, max: 3 })),
    );
    fc.assert(
      fc.property(near, near, (a, b) => {
        const expected = scaled(a) < scaled(b) ? -1 : scaled(a) > scaled(b) ? 1 : 0;
        expect(Math.sign(compareNumbers(new Decimal(text(a)), new Decimal(text(b))))).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  test('compare exactly with whole numbers and with doubles', () => {
    expect(compareNumbers(new Decimal('9007199254740993'), 9007199254740992n)).toBeGreaterThan(0);
    expect(compareNumbers(new Decimal('0.1'), 0.1)).toBe(0);
    expect(compareNumbers(new Decimal('0.10000000000000000000001'), 0.1)).toBeGreaterThan(0);
    expect(compareNumbers(new Decimal('1E+100'), 1e100)).toBe(0);
    expect(compareNumbers(new Decimal('-0'), 0n) === 0).toBe(true);
    expect(compareNumbers(new Decimal('1.5E-10'), 1.5e-10)).toBe(0);
  });
});

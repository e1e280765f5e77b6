import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileAutomaton, createSearch } from '../../../../src/core/types/patterns/automaton.ts';
import { isLinear } from '../../../../src/core/types/patterns/backtracking.ts';
import { checkPattern, linearPattern } from '../../../../src/core/types/patterns/linear-pattern.ts';
import { parsePattern } from '../../../../src/core/types/patterns/pattern-tree.ts';

describe('linearPattern', () => {
  test.each([
    ['^O[0-9]+$', ['O1', 'O123'], ['O', 'xO1', 'O1x', '']],
    ['^[0-9]{5}$', ['01234'], ['0123', '012345']],
    ['[0-9]{5}', ['a01234b'], ['0123 4']],
    ['^(?:red|green|blue)$', ['red', 'blue'], ['redd', 'gren']],
    ['^[a-z0-9.]+@[a-z0-9-]+(\\.[a-z0-9-]+)+$', ['a.b@c.de'], ['a@b', '@c.de', 'a b@c.de']],
    ['(?i)^straße$', ['STRAßE', 'straße'], ['strasse']],
    ['^\\p{Lu}\\p{Ll}+$', ['Élan', 'Дом'], ['élan', 'ÉLAN']],
    ['^.$', ['🎈', 'x'], ['', 'xy', '\n']],
    ['\\bcat\\b', ['a cat sat', 'cat'], ['concat', 'cats']],
    ['a\\Bb', ['xabx'], ['a b']],
    ['^(a+)+$', ['a', 'aaaa'], ['aaab', '']],
    ['^(?<year>\\d{4})-(\\d\\d)?$', ['2024-', '2024-05'], ['2024', '2024-5']],
    ['', ['', 'anything'], []],
    ['^[\\]\\-^]+$', [']-^'], ['a']],
    ['^\\x41\\u00e9\\u{1f600}$', ['Aé😀'], ['Aé']],
  ])('%s', (pattern, good, bad) => {
    const matches = linearPattern(pattern);
    for (const text of good) expect([text, matches(text)]).toEqual([text, true]);
    for (const text of bad) expect([text, matches(text)]).toEqual([text, false]);
  });

  test('finds what the regular expressions of JavaScript find, by the automaton as well', () => {
    const atom = fc.constantFrom('a', 'b', '[ab]', '[^a]', '.', '\\w', '\\d', 'é', '\\b', '^', '$');
    const { pattern } = fc.letrec<{ pattern: string; sequence: string; part: string }>((tie) => ({
      pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 2 }).map((options) => options.join('|')),
      sequence: fc.array(tie('part'), { maxLength: 4 }).map((parts) => parts.join('')),
      part: fc.oneof(
        { maxDepth: 3 },
        atom,
        fc
          .tuple(tie('pattern'), fc.constantFrom('', '*', '+', '?', '{2}', '{0,2}', '{1,}', '*?'))
          .map(([inner, repeat]) => `(${inner})${repeat}`),
        fc
          .tuple(
            fc.constantFrom('a', 'b', '[ab]', '\\d', '.'),
            fc.constantFrom('*', '+', '?', '{2}', '{1,3}'),
          )
          .map((parts) => parts.join('')),
      ),
    }));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', 'é', ' ', '🎈'), maxLength: 12 });
    let proven = 0;
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 6 }), (source, texts) => {
        const tree = parsePattern(source);
        const search = createSearch(compileAutomaton(tree));
        const chosen = linearPattern(source);
        const native = new RegExp(source, 'u');
        if (isLinear(tree)) proven++;
        for (const each of texts) {
          expect([each, search(each), chosen(each)]).toEqual([each, native.test(each), native.test(each)]);
        }
      }),
      { numRuns: 1000 },
    );
    expect(proven).toBeGreaterThan(20);
  });

  test.each([
    '(a+)+$',
    '^(a|a)*$',
    '^(a|aa)+$',
    '^a*a*a*a*b$',
    '(x+x+)+y',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '^(.*,){11}P$',
    'a*b',
    '^.*[ab]+c$',
    '^\\s+|\\s+$',
  ])('does not trust %s to a backtracking matcher', (pattern) => {
    expect(isLinear(parsePattern(pattern))).toBe(false);
  });

  test.each([
    '^O[0-9]+$',
    '^[0-9]{5}$',
    '^[A-Z]{2}-?[0-9]*$',
    '^a.*$',
    '^[a-z]+@[a-z]+$',
    '^(?:EUR|USD)$',
    '^https?:',
  ])('lets JavaScript match %s', (pattern) => {
    expect(isLinear(parsePattern(pattern))).toBe(true);
  });

  test('answers to evil patterns in the time that any pattern takes', () => {
    const texts = [`${'a'.repeat(20_000)}!`, 'a,'.repeat(10_000), ' '.repeat(20_000)];
    for (const pattern of [
      '(a+)+$',
      '^(a|a)*$',
      '^(a|aa)+$',
      '(x+x+)+y',
      '^(.*,){11}P$',
      '(?:a?){50}a{50}$',
    ]) {
      const matches = linearPattern(pattern);
      for (const text of texts) expect(typeof matches(text)).toBe('boolean');
    }
  });
});

describe('checkPattern', () => {
  test.each([
    ['(', 'a ( without its ) (at character 1)'],
    ['a)', 'a ) without its ( (at character 2)'],
    ['a[bc', 'a [ without its ] (at character 2)'],
    ['[z-a]', '[z-a] is not a character or a class of characters (at character 1)'],
    ['*a', '* has nothing to repeat (at character 1)'],
    ['a**', 'two repeats in a row (at character 3)'],
    ['a{2,1}', '{2,1} is an empty range (at character 2)'],
    ['a{5000}', '{5000} repeats more than 1000 times (at character 2)'],
    ['(?:a{900}){900}', 'the pattern has more than 500 states: use smaller repeats (at character 1)'],
    ['^*', '^ cannot be repeated (at character 2)'],
    [
      '(?=a)b',
      'no lookaround: patterns are matched in linear time; allowed are ( (?: (?<name> and (?i) at the beginning (at character 1)',
    ],
    ['(a)\\1', 'no back references: patterns are matched in linear time (at character 4)'],
    ['\\Aab', '\\A means nothing; write ^ (at character 1)'],
    ['\\p{Nonsense}', '\\p{Nonsense} is not a character or a class of characters (at character 1)'],
    ['a}', 'write \\} (at character 2)'],
    ['a\\', 'a backslash at the end (at character 2)'],
    ['('.repeat(60), 'more than 50 groups inside each other (at character 52)'],
  ])('%s: %s', (pattern, text) => {
    expect(checkPattern(pattern)?.text).toBe(text);
  });

  test('accepts what can be used', () => {
    expect(checkPattern('^O[0-9]+$')).toBeNull();
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CellSpec } from '../../../src/core/types/column-spec.ts';
import { cell, rawCell, textValue } from './cell.ts';

describe('string', () => {
  test.each<[CellSpec, string, string]>([
    [{}, 'Ann', 'Ann'],
    [{}, ' a ', ' a '],
    [{}, 'say "hi", then\ngo', 'say "hi", then\ngo'],
    [{ trim: true }, '  a b\t', 'a b'],
    [{ case: 'upper' }, 'eur Straße é', 'EUR STRASSE É'],
    [{ case: 'lower' }, 'ÀB"C', 'àb"c'],
    [{ normalize: 'nfc' }, 'e\u0301', '\u00e9'],
    [{ normalize: 'nfd' }, '\u00e9', 'e\u0301'],
    [{ normalize: 'nfkc' }, '\ufb01', 'fi'],
    [{ normalize: 'nfkd' }, '\ufdfa'.repeat(50), 'صلى الله عليه وسلم'.repeat(50)],
    [{ strip: ['#'] }, '## 12 #', '12'],
    [{ strip: ['EUR', 'E'] }, 'EUR12', '12'],
    [{ null_values: ['-'] }, '--', '--'],
  ])('%j: %j becomes %j', (spec, text, value) => {
    expect(cell(spec, text)).toEqual({ S: value });
  });

  test('an empty cell is null, an empty pair of quotes an empty string', () => {
    expect(cell({}, '')).toBeNull();
    expect(cell({ case: 'upper' }, '')).toBeNull();
    expect(cell({}, '', { isQuoted: true })).toEqual({ S: '' });
    expect(cell({ case: 'upper' }, '', { isQuoted: true })).toEqual({ S: '' });
    expect(cell({ null_values: [] }, '')).toEqual({ S: '' });
    expect(cell({ strip: ['#'] }, '#')).toBeNull();
  });

  test('a trimmed column of a format that is not, and the other way round', () => {
    expect(cell({ trim: false }, ' a ', { format: { trim: true } })).toEqual({ S: ' a ' });
    expect(cell({}, ' a ', { format: { trim: true } })).toEqual({ S: 'a' });
    expect(cell({ trim: true }, ' a ', { isQuoted: true })).toEqual({ S: ' a ' });
    expect(cell({ trim: true }, '  ')).toBeNull();
  });

  test('a blank behind a backslash belongs to the value, whatever the column says', () => {
    const format = { trim: true, backslash_escapes: true };
    expect(rawCell({}, ' a\\ ', { format })).toEqual({ S: 'a ' });
    expect(rawCell({ null_values: ['-'] }, ' a\\ ', { format })).toEqual({ S: 'a ' });
  });

  test.each<[CellSpec, string | Uint8Array, string]>([
    [{}, 'a\0b', 'nul-byte: "a\\u0000b" contains a NUL byte'],
    [{ trim: true }, 'a\0b', 'nul-byte: "a\\u0000b" contains a NUL byte'],
    [{}, Uint8Array.of(0x61, 0xe9), 'invalid-utf8: "a\ufffd" is not valid UTF-8'],
    [{ trim: true }, Uint8Array.of(0x61, 0xe9), 'invalid-utf8: "a\ufffd" is not valid UTF-8'],
    [{ case: 'upper' }, Uint8Array.of(0x61, 0xe9), 'invalid-utf8: "a\ufffd" is not valid UTF-8'],
  ])('%j: %j is refused', (spec, content, fault) => {
    const [found] = rawCell(spec, content) as string[];
    expect(found?.startsWith(fault)).toBe(true);
  });

  test('decodes cells of another encoding, and undoes escapes and backslashes, before it looks at them', () => {
    const encoding = { format: { encoding: 'windows-1252' } };
    expect(rawCell({}, Uint8Array.of(0x80, 0xe9), encoding)).toEqual({ S: '€é' });
    expect(rawCell({ strip: ['€'] }, Uint8Array.of(0x80, 0x20, 0xe9), encoding)).toEqual({ S: 'é' });
    expect(rawCell({ type: 'number', strip: ['€'] }, Uint8Array.of(0x31, 0x80), encoding)).toEqual({
      N: '1',
    });
    expect(rawCell({ length: { min: 3, max: 3 } }, '"a""b"')).toEqual({ S: 'a"b' });
    const backslashes = { format: { backslash_escapes: true, quote: null } };
    expect(rawCell({ length: { min: 3, max: 3 } }, 'a\\tb', backslashes)).toEqual({ S: 'a\tb' });
    expect(rawCell({ trim: false }, ' a\\tb ', { format: { ...backslashes.format, trim: true } })).toEqual({
      S: ' a\tb ',
    });
  });

  test('takes an unquoted \\N of a format with backslash escapes for null, in every type', () => {
    const format = { backslash_escapes: true, quote: null, null_values: [] };
    for (const spec of [
      {},
      { type: 'number' },
      { type: 'boolean' },
      { type: 'date' },
      { case: 'upper' },
    ] as CellSpec[]) {
      expect(rawCell(spec, '\\N', { format })).toBeNull();
      expect(rawCell(spec, '\\N', { format: { ...format, null_values: [''] } })).toBeNull();
    }
    expect(rawCell({ not_null: true }, '\\N', { format })).toEqual([
      'null-value: the cell is empty or null, and the column needs a value',
    ]);
  });

  test('any text comes back as it was, from a cell and from a computed text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        fc.pre(!text.includes('\0'));
        expect(cell({ null_values: [] }, text, { isQuoted: true })).toEqual({ S: text });
        expect(textValue({}, text)).toEqual({ S: text });
      }),
    );
  });
});

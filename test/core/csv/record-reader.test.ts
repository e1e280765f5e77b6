import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_FORMAT, type Format } from '../../../src/core/csv/format.ts';
import { documents } from './documents.ts';
import { COMMA, readAll } from './read-all.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const fieldsOf = (text: string, format = COMMA) => readAll(bytes(text), format).map(({ fields }) => fields);
const reference = (document: Uint8Array, options = {}) =>
  parse(Buffer.from(document), {
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    ...options,
  });

describe('the record reader', () => {
  test.each([
    [
      'fields and records',
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a last record without a line end',
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'empty fields',
      ',\n,,\n',
      [
        ['', ''],
        ['', '', ''],
      ],
    ],
    ['an empty field at the end of the file', 'a,', [['a', '']]],
    ['CR, LF and CRLF mixed', 'a\rb\nc\r\nd', [['a'], ['b'], ['c'], ['d']]],
    ['an empty line as a record with an empty field', 'a\n\nb\n', [['a'], [''], ['b']]],
    [
      'delimiters and line ends in quotes',
      '"a,b","c\nd"\r\n"e\r\nf",g',
      [
        ['a,b', 'c\nd'],
        ['e\r\nf', 'g'],
      ],
    ],
    ['doubled quotes', '"a""b","""",""""""', [['a"b', '"', '""']]],
    ['CRLF after a closing quote', '"a","b"\r\n"c"\r\n', [['a', 'b'], ['c']]],
    ['an empty quoted field', '"",""\n', [['', '']]],
    ['spaces as they are', ' a , b \n', [[' a ', ' b ']]],
    ['nothing', '', []],
  ])('reads %s', (_, text, expected) => {
    expect(fieldsOf(text)).toEqual(expected);
  });

  test.each<[string, Format, string, string[][]]>([
    [
      'a tab and single quotes',
      { ...DEFAULT_FORMAT, delimiter: '\t', quote: "'", escape: "'", trim: false, stray_quotes: 'reject' },
      "'it''s'\t\"b\"\n",
      [["it's", '"b"']],
    ],
    [
      'a backslash as escape',
      { ...DEFAULT_FORMAT, delimiter: ',', quote: '"', escape: '\\', trim: false, stray_quotes: 'reject' },
      '"a\\"b","c\\\\",d\\n\n',
      [['a"b', 'c\\', 'd\\n']],
    ],
    [
      'blanks around fields that are to be left out',
      { ...DEFAULT_FORMAT, delimiter: ',', quote: '"', escape: '"', trim: true, stray_quotes: 'reject' },
      ' a b ,\t" c " , ,""\n  d,e \r\n \n\t',
      [['a b', ' c ', '', ''], ['d', 'e'], ['']],
    ],
    [
      'a tab that is the delimiter, spaces around fields left out',
      { ...DEFAULT_FORMAT, delimiter: '\t', quote: '"', escape: '"', trim: true, stray_quotes: 'reject' },
      ' a \t\t b\n',
      [['a', '', 'b']],
    ],
    [
      'semicolons',
      { ...DEFAULT_FORMAT, delimiter: ';', quote: '"', escape: '"', trim: false, stray_quotes: 'reject' },
      'a;"b;c"\n',
      [['a', 'b;c']],
    ],
    [
      'quotes inside an unquoted field as they are',
      { ...COMMA, stray_quotes: 'literal' },
      'a"b,c"\n',
      [['a"b', 'c"']],
    ],
  ])('takes %s', (_, format, text, expected) => {
    expect(fieldsOf(text, format)).toEqual(expected);
  });

  test.each([
    ['text behind a closing quote', 'a,"b"c,d\ne,f,g\n', 'text-after-quote'],
    ['a quote that is never closed', 'x,"b\nc,d\n', 'unclosed-quote'],
    ['a quote inside an unquoted field', 'a,b"c,d\ne,f,g\n', 'stray-quote'],
    ['a blank before the quote that opens a field', 'a, "b",d\n', 'stray-quote'],
  ])('says of %s that the record can not be trusted', (_, text, fault) => {
    expect(readAll(bytes(text))[0]).toMatchObject({ fault, line: 1 });
  });

  test('reports an escape before a character that needs none as a fault, wherever the bytes are split', () => {
    const text = bytes('1,"a\\nb"\n"c\\"d",2\n');
    const format = { ...COMMA, escape: '\\' };
    for (let cut = 1; cut < text.length; cut++) {
      const [first, second] = readAll(text, format, [cut]);
      expect(first).toMatchObject({ fault: 'stray-escape', line: 1 });
      expect(second).toMatchObject({ fields: ['c"d', '2'], fault: null, line: 2 });
    }
  });

  test('continues with the next line after text that follows a closing quote', () => {
    expect(readAll(bytes('a,"b"c,d\ne,f,g\n'))[1]).toMatchObject({
      fields: ['e', 'f', 'g'],
      fault: null,
      line: 2,
    });
  });

  test('counts lines inside quotes, with any line end', () => {
    const lines = readAll(bytes('"a\nb"\r\n"c\r\nd"\n"e\rf"\rg\n')).map(({ line }) => line);
    expect(lines).toEqual([1, 3, 5, 7]);
  });

  test('reads records of more fields than it has room for at first', () => {
    const fields = Array.from({ length: 1000 }, (_, index) => `f${index}`);
    expect(fieldsOf(`${fields.join(',')}\n`)).toEqual([fields]);
  });

  test('agrees with the fields that a document was written from, and with csv-parse, wherever the bytes are split', () => {
    fc.assert(
      fc.property(documents, fc.array(fc.nat(400), { maxLength: 6 }), ({ text, records, format }, cuts) => {
        const document = bytes(text);
        const read = readAll(document, format, cuts);
        expect(read.map(({ fields }) => fields)).toEqual(records);
        expect(read.every(({ fault }) => fault === null)).toBe(true);
        const { delimiter, quote, escape, trim, stray_quotes } = format;
        const options = { delimiter, quote, escape, trim, relax_quotes: stray_quotes === 'literal' };
        expect(reference(document, options)).toEqual(records);
      }),
      { numRuns: 2000 },
    );
  });

  test('returns the same for any bytes, however they are split', () => {
    const soup = fc
      .array(fc.constantFrom('a', ',', '"', '\n', '\r', '""', '\\', 'é'), { maxLength: 40 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(soup, fc.array(fc.nat(60), { maxLength: 8 }), (text, cuts) => {
        expect(readAll(bytes(text), COMMA, cuts)).toEqual(readAll(bytes(text)));
        const literal: Format = { ...COMMA, stray_quotes: 'literal' };
        expect(readAll(bytes(text), literal, cuts)).toEqual(readAll(bytes(text), literal));
      }),
      { numRuns: 5000 },
    );
  });

  test('returns every record in one piece: together they are the document', () => {
    fc.assert(
      fc.property(documents, ({ text, format }) => {
        const document = bytes(text);
        const read = readAll(document, format);
        const between = read.map(({ end }, index) =>
          new TextDecoder().decode(document.subarray(end, read[index + 1]?.start ?? document.length)),
        );
        for (const gap of between) expect(['', '\n', '\r', '\r\n']).toContain(gap);
      }),
    );
  });

  const spectrum = join(createRequire(import.meta.url).resolve('csv-spectrum'), '..', 'csvs');
  test.each(readdirSync(spectrum).filter((name) => name.endsWith('.csv')))(
    'agrees with csv-parse on csv-spectrum: %s',
    (name) => {
      const document = readFileSync(join(spectrum, name));
      // One of them has seconds of arc.
      const read = readAll(document, { ...COMMA, stray_quotes: 'literal' });
      expect(read.map(({ fields }) => fields)).toEqual(reference(document, { relax_quotes: true }));
    },
  );
});

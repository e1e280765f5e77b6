import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { memorySource } from '../../sim/memory-source.ts';
import { PLAIN_TEXT } from '../../src/core/csv/text/text-coding.ts';
import type { Source } from '../../src/core/ports.ts';
import { COLUMN_TYPE_NAMES } from '../../src/core/types/column-types.ts';
import { textSource } from '../../src/node/text-source.ts';
import { world } from './world.ts';

const utf8 = (text: string) => Buffer.from(text);
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16le = (text: string) => Buffer.from(text, 'utf16le');
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
const MARK = '\ufeff';

/** Virtual time does not pass while zlib works, so it works at once here. */
function inflatedAtOnce(source: Source): Source {
  return {
    async *read(object, start, end, coding = PLAIN_TEXT) {
      if (coding.compression === null) {
        yield* textSource(source).read(object, start, end, coding);
        return;
      }
      const pieces: Uint8Array[] = [];
      for await (const piece of source.read(object, 0, object.sizeBytes)) pieces.push(piece);
      const inflate = coding.compression === 'gzip' ? gunzipSync : zstdDecompressSync;
      const memory = memorySource();
      const inner = memory.put(object.key, inflate(Buffer.concat(pieces)));
      const stop = coding.decodedFrom === null ? Math.min(end, inner.sizeBytes) : end;
      yield* textSource(memory).read(inner, start, stop, { ...coding, compression: null });
    },
  };
}

async function load(format: object, body: Uint8Array, columns: object = {}) {
  const here = world({
    dataset: {
      source: { prefix: 'people/', suffix: '' },
      format,
      columns,
      load: { max_reject_ratio: 1 },
      table: { partition_key: 'id' },
    },
    ports: ({ source }) => ({ source: inflatedAtOnce(source) }),
  });
  const object = await here.drop(body, 'people/a');
  await here.loadAll();
  const { status, failure, counts, warnings } = await here.importOf(object);
  const items = here
    .items()
    .map((item) =>
      Object.fromEntries(
        Object.entries(item).map(([name, value]) => [name, Object.values(value as object)[0] as unknown]),
      ),
    );
  const rejectFiles = [...here.results.files].filter(([name]) => name.startsWith('rejects/'));
  return {
    status,
    failure,
    counts,
    warnings: warnings.map(({ code }) => code),
    items,
    rejects: rejectFiles.map(([, file]) => Buffer.from(file)),
    reload: async (file: Uint8Array) => load(format, file),
  };
}

describe('a file in the encoding', () => {
  const people = [
    { id: '1', name: 'Jürgen' },
    { id: '2', name: 'Zoë "Z"' },
  ];
  const text = 'id,name\n1,Jürgen\n2,"Zoë ""Z"""\n';

  test.each([
    ['windows-1252', 'windows-1252', latin1(text)],
    ['latin1, by another label', 'latin1', latin1(text)],
    ['utf-16le', 'utf-16le', utf16le(text)],
    ['utf-16le with a mark', 'utf-16le', utf16le(MARK + text)],
    ['utf-16be', 'utf-16be', utf16be(text)],
    ['utf-16le by its mark alone', 'utf-8', utf16le(MARK + text)],
    ['utf-16be by its mark, whatever is declared', 'windows-1252', utf16be(MARK + text)],
    ['utf-8 by its mark, whatever is declared', 'windows-1252', utf8(MARK + text)],
    ['utf-8, in gzip', 'utf-8', gzipSync(text)],
    ['utf-8, in zstd', 'utf-8', zstdCompressSync(text)],
    ['windows-1252, in zstd', 'windows-1252', zstdCompressSync(latin1(text))],
    ['utf-16le, in gzip', 'utf-8', gzipSync(utf16le(MARK + text))],
  ])('%s is loaded', async (_, encoding, body) => {
    const { status, items, warnings } = await load({ encoding }, body);
    expect({ status, items, warnings }).toEqual({ status: 'done', items: people, warnings: [] });
  });

  test.each([
    ['shift_jis', [0x93, 0xfa, 0x96, 0x7b, 0x8c, 0xea, 0x95, 0x5c], '日本語表'],
    ['gb18030', [0xd6, 0xd0, 0xb9, 0xfa, 0x81, 0x30, 0x81, 0x30], '中国\u0080'],
    ['big5', [0xa4, 0xa4, 0xa4, 0xe5], '中文'],
    ['euc-kr', [0xc7, 0xd1, 0xb1, 0xb9], '한국'],
    ['euc-jp', [0xc6, 0xfc, 0xcb, 0xdc], '日本'],
    ['koi8-r', [0xf0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4], 'Привет'],
    ['windows-1251', [0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2], 'Привет'],
    ['iso-8859-15', [0xa4, 0xbd], '€œ'],
    ['iso-8859-16', [0xa4, 0xaa], '€Ș'],
    ['windows-1252', [0x80, 0x93, 0x94], '€“”'],
  ])('%s has its characters', async (encoding, bytes, name) => {
    const body = Buffer.concat([utf8('id,name\n1,'), Buffer.from(bytes), utf8('\n')]);
    expect((await load({ encoding }, body)).items).toEqual([{ id: '1', name }]);
  });

  test.each([
    ['UTF-8 as windows-1252', 'windows-1252', utf8(text), 'encoding-mismatch', 'is UTF-8'],
    ['UTF-16 without a mark', 'utf-8', utf16le(text), 'encoding-mismatch', 'format.encoding: utf-16le'],
    ['UTF-16 in big-endian order', 'utf-8', utf16be(text), 'encoding-mismatch', 'utf-16be'],
    ['UTF-8 as utf-16le', 'utf-16le', utf8(text), 'encoding-mismatch', 'It is UTF-8: remove format.encoding'],
    ['ASCII as utf-16be', 'utf-16be', utf8('id,name\n1,a\n'), 'encoding-mismatch', 'contains no NUL byte'],
    ['utf-16be as utf-16le', 'utf-16le', utf16be(text), 'encoding-mismatch', 'format.encoding: utf-16be'],
    ['windows-1252 as utf-16le', 'utf-16le', latin1(text), 'encoding-mismatch', 'for example windows-1252'],
    ['UTF-8 as gb18030', 'gb18030', utf8('id,name\n1,äöüß\n'), 'encoding-mismatch', 'is UTF-8'],
    ['windows-1252 in the header', 'utf-8', latin1('id,é\n1,a\n'), 'header-invalid', 'windows-1252'],
  ])('%s fails before a row is written', async (_, encoding, body, code, reason) => {
    const { status, failure, items } = await load({ encoding }, body);
    expect({ status, items }).toEqual({ status: 'failed', items: [] });
    expect(failure).toMatchObject({ code, reason: expect.stringContaining(reason) });
  });

  test('UTF-8 that is declared as windows-1252 fails before a row with other letters is written', async () => {
    const ascii = Array.from({ length: 30_000 }, (_, row) => `${row},Smith\n`).join('');
    const { status, failure, items } = await load(
      { encoding: 'windows-1252' },
      utf8(`id,name\n${ascii}30001,Jürgen\n`),
    );
    expect({ status, code: failure?.code }).toEqual({ status: 'failed', code: 'encoding-mismatch' });
    expect(items.every(({ name }) => name === 'Smith')).toBe(true);
  });

  test('windows-1252 is loaded, where its first letters beyond ASCII come late, and some of its pairs are UTF-8', async () => {
    const ascii = Array.from({ length: 30_000 }, (_, row) => `${row},Smith\n`).join('');
    const body = latin1(`id,name\n${ascii}30001,Jürgen\n30002,CAFÉ®\n`);
    const { status, items } = await load({ encoding: 'windows-1252' }, body);
    expect({ status, rows: items.length }).toEqual({ status: 'done', rows: 30_002 });
    expect(items).toContainEqual({ id: '30002', name: 'CAFÉ®' });
  });

  test.each([
    [
      'windows-1252 as UTF-8',
      'utf-8',
      latin1('id,name\n1,a\n2,é\n'),
      'invalid-utf8',
      'for example windows-1252',
    ],
    [
      'a byte that windows-1253 has not',
      'windows-1253',
      latin1('id,name\n1,a\n2,\xd2\n'),
      'encoding-invalid',
      'windows-1253',
    ],
    [
      'half a pair of UTF-16',
      'utf-16le',
      utf16le('id,name\n1,a\n2,\ud800\n'),
      'encoding-invalid',
      'utf-16le',
    ],
    [
      'half a character of Shift_JIS',
      'shift_jis',
      latin1('id,name\n1,a\n2,\x93\n'),
      'encoding-invalid',
      'shift_jis',
    ],
  ])('%s rejects the row', async (_, encoding, body, code, reason) => {
    const { items, counts, rejects } = await load({ encoding }, body);
    expect(items).toEqual([{ id: '1', name: 'a' }]);
    expect(counts).toMatchObject({ rejected: 1 });
    expect(rejects[0]!.toString('latin1')).toContain(code);
    expect(rejects[0]!.toString('latin1')).toContain(reason);
  });

  test.each([
    ['windows-1252', latin1('id,né\n1,ü,x\n2,ü\n')],
    ['windows-1252', utf8(`${MARK}id,né\n1,ü,x\n2,ü\n`)],
    ['utf-16le', utf16le('id,né\n1,ü,x\n2,ü\n')],
    ['utf-8', utf16le(`${MARK}id,né\n1,ü,x\n2,ü\n`)],
  ])('%s has reject files that can be fixed and uploaded again', async (encoding, body) => {
    const { rejects, reload } = await load({ encoding }, body);
    expect(rejects).toHaveLength(1);
    const fixed = Buffer.from(rejects[0]!.toString('latin1').replace(',x\n', '\n'), 'latin1');
    const { status, items } = await reload(fixed);
    expect({ status, items }).toEqual({ status: 'done', items: [{ id: '1', né: 'ü' }] });
  });
});

describe('rows', () => {
  const ids = (...all: string[]) => all.map((id) => ({ id }));

  test.each<[string, object, string, object[]]>([
    ['behind lines to skip', { skip_lines: 2 }, 'A "report\n\nid\n1\n', ids('1')],
    ['behind a text', { skip_lines: { until: 'id' } }, 'Name: "x\nDate\nid\n1\n', ids('1')],
    ['behind a text in quotes', { skip_lines: { until: 'id' } }, 'Date\n"id"\n1\n', ids('1')],
    ['behind comments', { comment: '#' }, '# a "b\nid\n#\n1\n#2\n3\n', ids('1', '3')],
    ['before a footer', { skip_footer: 1 }, 'id\n1\n2\nTotal\n\n', ids('1', '2')],
    ['before a footer of two rows', { skip_footer: 2 }, 'id\n1\n\nTotal\n7', ids('1')],
    ['in a file that is shorter than its footer', { skip_footer: 5 }, 'id\n1\n2\n', []],
    ['before a text', { skip_footer: { from: 'Total', max: 3 } }, 'id\n1\n"Total",7\nx\n', ids('1')],
    [
      'without the footer that there may be',
      { skip_footer: { from: 'Total', max: 3 } },
      'id\n1\n2\n',
      ids('1', '2'),
    ],
    [
      'too far before the end for a footer',
      { skip_footer: { from: 'T', max: 1 } },
      'id\nT\n2\n',
      ids('T', '2'),
    ],
    [
      'without a header',
      { header: 0, names: ['id', 'n'] },
      '1,a\n2,b\n',
      [
        { id: '1', n: 'a' },
        { id: '2', n: 'b' },
      ],
    ],
    ['under a header of two rows', { header: 2 }, 'id,Total\n,EUR\n1,5\n', [{ id: '1', 'Total EUR': '5' }]],
    [
      'under double names',
      { duplicate_names: 'number' },
      'id,n,n,n_2\n1,a,b,c\n',
      [{ id: '1', n: 'a', n_3: 'b', n_2: 'c' }],
    ],
    ['under blank names', { blank_names: 'number' }, 'id,,n\n1,a,b\n', [{ id: '1', column_2: 'a', n: 'b' }]],
    ['that are short', { short_rows: 'pad' }, 'id,a,b\n1,x\n2\n', [{ id: '1', a: 'x' }, { id: '2' }]],
    ['that are long', { long_rows: 'drop_empty' }, 'id,a\n1,x,,""\n', [{ id: '1', a: 'x' }]],
    [
      'without quotes',
      { quote: 'none' },
      'id,a\n1,"x\n2,y"\n',
      [
        { id: '1', a: '"x' },
        { id: '2', a: 'y"' },
      ],
    ],
    ['with tabs', { delimiter: 'tab' }, 'id\ta\n1\tx\n', [{ id: '1', a: 'x' }]],
    [
      'with backslashes',
      { delimiter: 'tab', quote: 'none', backslash_escapes: true },
      'id\ta\n1\tx\\ty\\\tz\\\nw\\\\\n',
      [{ id: '1', a: 'x\ty\tz\nw\\' }],
    ],
    ['of lines that end with LF', { line_end: 'lf' }, 'id,a\n1,x\ry\n', [{ id: '1', a: 'x\ry' }]],
    [
      'of lines that end with CRLF',
      { line_end: 'crlf' },
      'id,a\r\n1,x\ny\rz\r\n',
      [{ id: '1', a: 'x\ny\rz' }],
    ],
    ['of lines that end with CR', { line_end: 'cr' }, 'id,a\r1,x\ny\r', [{ id: '1', a: 'x\ny' }]],
    ['whose names have blanks', {}, ' id ,"First\n Name"\n1,x\n', [{ id: '1', 'First Name': 'x' }]],
  ])('%s are loaded', async (_, format, text, expected) => {
    const { status, items, counts } = await load(format, utf8(text));
    expect({ status, items }).toEqual({ status: 'done', items: expected });
    expect(counts).toMatchObject({ rejected: 0 });
  });

  test.each<[string, object, string]>([
    ['header-not-found', { skip_lines: { until: 'id' } }, 'a\nb\n'],
    ['empty-file', { header: 2 }, 'id\n'],
    ['header-invalid', {}, 'id,\n1,2\n'],
    ['footer-too-large', { skip_footer: 100 }, `id,n\n${`1,${'x'.repeat(200_000)}\n`.repeat(60)}`],
  ])('fail with %s: %j', async (code, format, text) => {
    const { status, failure } = await load(format, utf8(text));
    expect({ status, code: failure?.code }).toEqual({ status: 'failed', code });
  });

  test.each<[object, string]>([
    [{ names: ['id'], header: 0 }, ''],
    [{ names: ['id'], header: 0, skip_lines: 1 }, 'id\n'],
  ])('may be missing: %j of %j is done', async (format, text) => {
    expect(await load(format, utf8(text))).toMatchObject({ status: 'done', items: [] });
  });

  test('that are blank are rejected if the format says so', async () => {
    const { counts, rejects } = await load({ blank_rows: 'reject' }, utf8('id\n1\n\n2\n'));
    expect(counts).toMatchObject({ read: 3, rejected: 1, skipped: 0 });
    expect(rejects[0]!.toString()).toContain('blank-row');
  });
});

describe('quotes that are repaired', () => {
  const format = { stray_quotes: 'repair' };

  test.each([
    ['inch marks', '1,5" disk,x\n', ['5" disk', 'x']],
    ['a quote too many at the beginning', '1,""a","b"\n', ['"a', 'b']],
    ['a quote too many at the end', '1,"a"","b"\n', ['a"', 'b']],
    ['quotes inside that are not doubled', '1,"say "hi" now","b, c"\n', ['say "hi" now', 'b, c']],
    ['a quote that is not closed', '1,"a,"b"\n', ['a', 'b']],
    ['a quote that is not closed at the end of the line', '1,a,"b\n2,"c",d\n', ['a', 'b']],
  ])('%s', async (_, rows, [a, b]) => {
    const { items, warnings, counts } = await load(format, utf8(`id,a,b\n${rows}`));
    expect(items[0]).toEqual({ id: '1', a, b });
    expect(counts).toMatchObject({ rejected: 0 });
    expect(warnings).toContain('quotes-repaired');
  });

  test.each([
    ['two readings', '1,"","",b"b"\n'],
    ['no reading', '1,"a"b\n'],
  ])('are rejected where there are %s', async (_, rows) => {
    const { items, counts } = await load(format, utf8(`id,a,b\n0,a,b\n${rows}`));
    expect(items).toEqual([{ id: '0', a: 'a', b: 'b' }]);
    expect(counts).toMatchObject({ rejected: 1 });
  });
});

describe('cells of a dump', () => {
  const backslashes = { delimiter: 'tab', quote: 'none', backslash_escapes: true };

  test.each(COLUMN_TYPE_NAMES)('\\N is null in a column of type %s', async (type) => {
    const spec = { type, ...(/list|set/.test(type) ? { separator: '|' } : {}) };
    const columns = { id: 'string', value: spec, stored: { ...spec, on_null: 'store' } };
    const { status, items } = await load(backslashes, utf8('id\tvalue\tstored\n1\t\\N\t\\N\n'), columns);
    expect({ status, items }).toEqual({ status: 'done', items: [{ id: '1', stored: true }] });
  });

  test('\\N is rejected in a column that needs a value, and the default where there is one', async () => {
    const columns = {
      id: 'string',
      a: { type: 'integer', default: '7' },
      b: { type: 'date', not_null: true },
    };
    const file = utf8('id\ta\tb\n1\t\\N\t2026-01-02\n2\t1\t\\N\n');
    const { items, rejects } = await load(backslashes, file, columns);
    expect(items).toEqual([{ id: '1', a: '7', b: '2026-01-02' }]);
    expect(rejects.map(String).join('')).toContain('null-value');
  });

  test('a column without a name is dropped on request, wherever it is, and its cells stay in rejects', async () => {
    const columns = { id: 'string', age: 'integer' };
    const file = utf8(',id,,age,\n0,1,x,30,y\n1,2,x,old,y\n');
    const { items, rejects } = await load({ blank_names: 'drop' }, file, columns);
    expect(items).toEqual([{ id: '1', age: '30' }]);
    expect(rejects.map(String).join('')).toMatch(/,1,2,x,old,y\n/);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { infer } from '../../../src/engine/infer/infer.ts';
import { SluiceError } from '../../../src/core/errors.ts';
import type { Inference } from '../../../src/core/infer/inference.ts';
import type { Source } from '../../../src/core/ports.ts';
import { textSource } from '../../../src/node/text-source.ts';
import { VEGA } from './expected-vega.ts';

const root = join(import.meta.dirname, '../../..');

function inferBytes(bytes: Uint8Array, sampleBytes: number | null = null): Promise<Inference> {
  const source: Source = {
    async *read(_object, startBytes, endBytes) {
      for (let at = startBytes; at < Math.min(endBytes, bytes.length); at += 65_536)
        yield bytes.slice(at, Math.min(at + 65_536, endBytes));
    },
  };
  const object = {
    bucket: 'b',
    key: 'a.csv',
    versionId: null,
    etag: 'e',
    sizeBytes: bytes.length,
    sequencer: null,
  };
  return infer({ name: 'a.csv', object, source: textSource(source) }, { name: 'a', sampleBytes });
}

const inferText = (text: string): Promise<Inference> => inferBytes(Buffer.from(text));

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => null,
    (cause: unknown) => cause,
  );
  return error instanceof SluiceError ? error.code : String(error);
}

/** Of each typed column: its type, and the format of its dates. */
function typesOf({ columns }: Inference): Record<string, string> {
  return Object.fromEntries(
    columns
      .filter(({ spec }) => spec !== null)
      .map(({ name, type, spec }) => [name, [type, ...(spec!.format ?? [])].join(' ')]),
  );
}

const vega = join(root, 'node_modules/vega-datasets/data');

test('the table of vega-datasets has every CSV of the package', () => {
  const files = readdirSync(vega).filter((name) => /\.(csv|tsv)$/.test(name));
  expect(Object.keys(VEGA).toSorted()).toEqual(files.toSorted());
});

test.each(Object.entries(VEGA))('types of vega-datasets %s are those of a person', async (name, expected) => {
  const found = await inferBytes(readFileSync(join(vega, name)));
  expect(typesOf(found)).toEqual(expected);
  expect(found.file.brokenRows).toBe(0);
});

test.each(['7zip.png', 'cars.json', 'flights-200k.arrow', 'flights-3m.parquet'])(
  '%s is no CSV',
  async (name) => {
    expect(await codeOf(inferBytes(readFileSync(join(vega, name))))).toBe('not-csv');
  },
);

/** Of the cookbook: the structure, and the types; a column with one cell on purpose that does not fit is a string. */
const FEEDS: readonly (readonly [string, object, Record<string, string>])[] = [
  ['articles/articles.csv', {}, {}],
  ['aws-dms/20251124-101500000.csv', {}, { lsn: 'integer', price: 'number' }],
  [
    'bank-statement/umsaetze.csv',
    {
      delimiter: ';',
      encoding: 'windows-1252',
      skip_lines: { until: 'Buchungstag;' },
      skip_footer: { from: 'Kontostand', max: 10 },
    },
    { Wertstellung: 'date dd.MM.yyyy', Betrag: 'number' },
  ],
  ['customers/customers.csv', {}, {}],
  ['excel-english/sales.csv', { trim: true }, {}],
  ['excel-german/verkauf.csv', { delimiter: ';', encoding: 'windows-1252' }, { Rabatt: 'number' }],
  ['excel-unicode-text/people.txt', { delimiter: '\t', encoding: 'utf-16le' }, {}],
  ['fixed-columns/stock.csv', { rows: 0, trim: true }, {}],
  [
    'gtfs/stop_times.txt',
    {},
    { departure_time: 'time', stop_sequence: 'integer', pickup_type: 'integer', timepoint: 'integer' },
  ],
  ['libreoffice/parts.csv', {}, { packed: 'boolean', price: 'number', in_stock: 'number', checked: 'date' }],
  [
    'mysql/accounts.txt',
    { rows: 0, delimiter: '\t', quote: null, backslash_escapes: true },
    { column_1: 'integer', column_3: 'number' },
  ],
  ['orders/orders.csv', {}, { placed_at: 'datetime', updated_at: 'datetime' }],
  [
    'postgres-copy-text/articles.tsv',
    { rows: 0, delimiter: '\t', quote: null, backslash_escapes: true },
    { column_1: 'integer' },
  ],
  ['r/animals.csv', {}, { column_1: 'integer', weight: 'number', measured: 'date', tagged: 'boolean' }],
  [
    'salesforce/opportunities.csv',
    {},
    {
      Amount: 'number',
      IsClosed: 'boolean',
      CloseDate: 'date',
      CreatedDate: 'datetime',
      LastModifiedDate: 'datetime',
    },
  ],
  ['sensors/readings.csv.gz', { compression: 'gzip' }, { value: 'number' }],
  [
    'snowflake/data_0_0_0.csv.gz',
    { compression: 'gzip' },
    { AMOUNT: 'number', ACTIVE: 'boolean', PAYLOAD: 'json' },
  ],
  [
    'sqlserver-bcp/customers.dat',
    { rows: 0, delimiter: '\t', encoding: 'windows-1252' },
    { column_3: 'integer', column_4: 'number', column_5: 'datetime' },
  ],
];

test.each(FEEDS)(
  'the structure and the types of %s are those of a person',
  async (path, structure, types) => {
    const found = await inferBytes(readFileSync(join(root, 'examples/feeds', path)));
    const { encoding, compression } = found;
    const all = {
      ...found.dialect,
      ...found.header,
      encoding: encoding.encoding,
      compression: compression.compression,
    };
    expect(all).toMatchObject(structure);
    expect(typesOf(found)).toEqual(types);
  },
);

describe('what is not guessed', () => {
  test.each([
    ['leading zeros', 'v\n01234\n99999\n', /leading zeros/],
    ['over 38 digits', `v\n${'9'.repeat(39)}\n1\n`, /38/],
    ['an identifier', 'user_id\n17\n18\n', /identifies/],
    ['day and month', 'v\n03/04/2025\n05/06/2025\n', /cannot be told apart/],
    ['dates in two orders', 'v\n13/1/2025\n1/13/2025\n', /several forms/],
    ['a comma with three digits', 'v;w\n1,234;a\n2,345;b\n', /decimal mark, or stand between thousands/],
  ])('%s', async (_, text, note) => {
    const { columns, document } = await inferText(text);
    expect(columns[0]!.type).toBe('string');
    expect(columns[0]!.note).toMatch(note);
    expect(document).toMatch(note);
  });

  test('a decimal in row 100,001 makes a column a number, a word in the last row makes it a string', async () => {
    const whole = 'n,w\n' + '1,a\n'.repeat(100_000);
    expect(typesOf(await inferText(`${whole}1.5,a\n`))).toEqual({ n: 'number' });
    const { columns } = await inferText(`${whole}none of it,a\n`);
    expect(columns[0]).toMatchObject({
      type: 'string',
      evidence: { nearest: 'integer', counterexample: { line: 100_002, text: 'none of it' } },
    });
  });

  test('a letter beyond ASCII behind the first MiB decides the encoding', async () => {
    const found = await inferBytes(
      Buffer.from('a,b\n' + 'x,y\n'.repeat(400_000) + 'Müller,Größe\n', 'latin1'),
    );
    expect(found.encoding.encoding).toBe('windows-1252');
    expect(found.file).toMatchObject({ rows: 400_001, brokenRows: 0 });
  });
});

const cell = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((value) => value.toFixed(2)),
  fc.constantFrom(
    '',
    'NA',
    'true',
    '2025-01-31',
    '31.12.2025',
    '"1.234,50"',
    'x',
    '{"a":1}',
    '00:30',
    '2025-03-04 05:06:07',
  ),
  fc.string({ maxLength: 8 }).map((text) => `"${text.replaceAll('"', '""')}"`),
);

test('the order of the rows makes no difference', async () => {
  const withoutPlaces = ({ columns }: Inference): unknown =>
    columns.map(({ name, spec, evidence }) => ({
      name,
      spec,
      evidence: { ...evidence, counterexample: null },
    }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat({ max: 500 }), cell, cell), { minLength: 2, maxLength: 30 }),
      fc.integer(),
      async (rows, seed) => {
        const lines = rows.map(([number, a, b]) => `k${number},${a},${b}`);
        const shuffled = lines
          .map((line, index) => ({ line, at: Math.sin(index * 7.3 + seed) }))
          .toSorted((x, y) => x.at - y.at)
          .map(({ line }) => line);
        const text = (all: readonly string[]): string => `key,first col,second col\n${all.join('\n')}\n`;
        const [one, other] = [await inferText(text(lines)), await inferText(text(shuffled))];
        expect(withoutPlaces(other)).toEqual(withoutPlaces(one));
      },
    ),
    { numRuns: 150 },
  );
});

test('any bytes get a document that resolves, or a reason', async () => {
  const pieces = fc.constantFrom(
    'a',
    '1',
    ',',
    ';',
    '\t',
    '"',
    '\n',
    '\r\n',
    '\\',
    '\0',
    'é',
    '\xff',
    '#',
    '-',
    '2025-01-01',
    "'",
    '|',
    '.',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 60 }), async (all) => {
      const bytes = Buffer.from(all.join(''), 'latin1');
      const answer = await inferBytes(bytes).then(
        ({ document }) => document,
        (error: unknown) => {
          if (!(error instanceof SluiceError)) throw error;
          expect(error.code).not.toBe('dataset-invalid');
          return error.message;
        },
      );
      expect(answer.length).toBeGreaterThan(20);
    }),
    { numRuns: 400 },
  );
});

test.each([
  ['', 'empty-file'],
  ['\n\n', 'empty-file'],
  ['id,name\n', 'nothing-to-infer'],
])('%j fails and says why', async (text, code) => {
  expect(await codeOf(inferText(text))).toBe(code);
});

test('a key is proposed only if every row has another value in it', async () => {
  const rows = Array.from({ length: 1000 }, (_, index) => `u${index},x`).join('\n');
  const one = await inferText(`id,name\n${rows}\n`);
  expect(one.key).toBe('id');
  expect(one.document).toContain('partition_key: id');
  const repeated = await inferText(`id,name\n${rows}\nu7,x\n`);
  expect(repeated.key).toBeNull();
  expect(repeated.document).toContain("row: '${$row_hash}'");
});

test('the lines that do not fit the second best dialect are named', async () => {
  const { dialect } = await inferText('a;b\n1,5;x\n2;y\n3,25;z\n');
  expect(dialect).toMatchObject({ delimiter: ';', decidedBy: [{ line: 1 }, { line: 3 }] });
  expect(dialect.runnerUp).toMatch(/","/);
});

test('a remark behind the rows is a footer, a row that is cut off is not', async () => {
  const remark = await inferText('id,n\n1,2\n2,3\n2 rows selected.\n');
  expect(remark.header.skip_footer).toBe(1);
  expect(remark.file).toMatchObject({ rows: 2, brokenRows: 0 });
  const cut = await inferText('id,n,m\n1,2,3\n2,3,4\n3,4\n');
  expect(cut.header.skip_footer).toBe(0);
  expect(cut.file).toMatchObject({ brokenRows: 1, broken: [{ line: 4, reason: '2 cells instead of 3' }] });
});

test.each([
  ['2025-01-31\n2025-2-1\n', 'date yyyy-M-d'],
  ['31.01.2025\n2025-02-01\n', 'date dd.MM.yyyy iso'],
  ['1/31/2025 9:05 AM\n12/1/2025 10:15 PM\n', 'datetime M/d/yyyy h:mm a'],
  ['17-DEC-80\n01-Jan-69\n', 'date dd-MMM-yy'],
  ['2025-01-01 12:00:00 UTC\n2025-01-02 13:00:00 UTC\n', "datetime yyyy-MM-dd HH:mm:ss 'UTC'"],
  ['12:30\n23:59:59\n', 'time'],
  ['Ja\nnein\n', 'boolean'],
  ['1e5\n-2.5\n', 'number'],
  ['(5.00)\n"1,234.50"\n', 'number'],
  ['$5\n-$7.25\n', 'number'],
  ['12\n12.0\n', 'integer'],
])('%j is of type %s', async (values, type) => {
  expect(typesOf(await inferText(`v;w\n${values.replaceAll('\n', ';x\n')}`))).toEqual({ v: type });
});

test('a preamble before a quoted header is skipped', async () => {
  const found = await inferText('Report of May\n\n"id","n"\n"a","1"\n"b","2"\n');
  expect(found.header).toMatchObject({ skip_lines: { until: 'id' }, names: ['id', 'n'] });
  expect(typesOf(found)).toEqual({ n: 'integer' });
});

test('a footnote that fills its row with delimiters is a footer, a second table is not padded', async () => {
  const rows = Array.from({ length: 60 }, (_, index) => `k${index},1,2\n`).join('');
  const note = await inferText(`id,n,m\n${rows}All data of May,,\n`);
  expect([note.header.skip_footer, note.file.rows]).toEqual([1, 60]);
  const table = await inferText(`id,n,m\n${rows}a,b\n${'1,2\n'.repeat(9)}`);
  expect(table.header.short_rows).toBe('reject');
  expect(table.file).toMatchObject({ rows: 70, brokenRows: 10 });
  expect(typesOf(table)).toEqual({ n: 'integer', m: 'integer' });
});

test.each([
  ['"id", "n"\n"a", "1"\n"b", "2"\n', { delimiter: ',', trim: true }],
  ['"id":"n"\n"a":"1"\n"b":"2"\n', { delimiter: ':' }],
  ["id,n\n'a, b',1\n'c, d',2\n", { delimiter: ',', quote: "'" }],
  ['id,n\n"a \\"b\\", c",1\nd,2\n', { escape: '\\' }],
  ['id,n\n3" nail,1\n4" nail,2\n', { quote: null }],
])('the dialect of %j', async (text, dialect) => {
  const found = await inferText(text);
  expect(found.dialect).toMatchObject(dialect);
  expect(found.file.brokenRows).toBe(0);
  expect(typesOf(found)).toEqual({ n: 'integer' });
});

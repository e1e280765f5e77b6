import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDataset } from '../../src/core/dataset/dataset.ts';
import { canonicalItems } from './canonical-items.ts';
import { loadFeed } from './load-feed.ts';

/*
 * Items → a file, written by hand as the program would → items. Each document here is invertible: what a cell means is known from its text.
 */
type Value = Readonly<Record<string, unknown>>;
type Column = {
  readonly name: string;
  /** What the item has; undefined: not this attribute. */
  readonly values: fc.Arbitrary<Value | undefined>;
  readonly cell: (value: Value | undefined) => string;
};
type Dialect = {
  readonly document: object;
  readonly columns: readonly Column[];
  readonly hasHeader: boolean;
  readonly delimiter: string;
  readonly lineEnd: string;
  readonly encode: (text: string) => Uint8Array;
};

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Without NUL: a text with it is no CSV. */
const anyText = fc
  .string({ unit: 'binary', maxLength: 20 })
  .filter((text) => !/[\0\ud800-\udfff]/.test(text));
/** ISO 8859-1, where windows-1252 has the same characters. */
const latinText = fc
  .array(fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0xa0, max: 0xff })), {
    maxLength: 20,
  })
  .map((codes) => String.fromCharCode(...codes));
const decimal = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.integer({ min: 0, max: 8 }))
  .map(([isNegative, digits, scale]) => {
    const text = String(digits).padStart(scale + 1, '0');
    const whole = text.slice(0, text.length - scale);
    const fraction = scale === 0 ? '' : `.${text.slice(text.length - scale)}`;
    return `${isNegative ? '-' : ''}${whole}${fraction}`;
  });
const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true });

const optional = (values: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(values, { nil: undefined });
const strings = (texts: fc.Arbitrary<string>) => optional(texts.map((S) => ({ S })));
const numbers = optional(decimal.map((N) => ({ N })));
const booleans = optional(fc.boolean().map((BOOL) => ({ BOOL })));
const days = optional(day.map((date) => ({ S: date.toISOString().slice(0, 10) })));
const instants = optional(day.map((date) => ({ S: date.toISOString() })));

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const inner = (value: Value): string => Object.values(value)[0] as string;
/** Text is always quoted, so that '' is not null. */
const quotedCell = (value: Value | undefined): string => (value === undefined ? '' : quoted(inner(value)));
const plainCell = (value: Value | undefined): string => (value === undefined ? '' : inner(value));
const json = (value: Value | undefined): string =>
  value === undefined ? '' : quoted(JSON.stringify(value['json']));

const german = (value: Value | undefined): string => {
  if (value === undefined) return '';
  const [whole = '', fraction] = inner(value).split('.');
  const grouped = whole.replaceAll(/(?<=\d)(?=(\d{3})+$)/g, '.');
  return `${grouped}${fraction === undefined ? '' : `,${fraction}`} €`;
};
const germanDay = (value: Value | undefined): string =>
  value === undefined ? '' : inner(value).split('-').toReversed().join('.');

const COPY_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};
const copied = (text: string): string =>
  text.replaceAll(/[\\\t\n\r]/g, (character) => COPY_ESCAPES[character]!);
const copyCell = (value: Value | undefined): string => (value === undefined ? '\\N' : copied(inner(value)));
const array = (value: Value | undefined): string => {
  if (value === undefined) return '\\N';
  const elements = (value['SS'] as string[]).map((text) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`);
  return copied(`{${elements.join(',')}}`);
};

const dialects: Readonly<Record<string, Dialect>> = {
  'RFC 4180': {
    document: { columns: { n: 'number', ok: 'boolean', day: 'date', at: 'datetime' } },
    columns: [
      { name: 'text', values: strings(anyText), cell: quotedCell },
      { name: 'n', values: numbers, cell: plainCell },
      { name: 'ok', values: booleans, cell: (value) => (value === undefined ? '' : String(value['BOOL'])) },
      { name: 'day', values: days, cell: plainCell },
      { name: 'at', values: instants, cell: plainCell },
    ],
    hasHeader: true,
    delimiter: ',',
    lineEnd: '\r\n',
    encode: utf8,
  },
  'Excel, German': {
    document: {
      format: {
        encoding: 'windows-1252',
        delimiter: ';',
        decimal: ',',
        thousands: '.',
        date_format: 'dd.MM.yyyy',
        true_values: ['Ja'],
        false_values: ['Nein'],
      },
      columns: { n: { type: 'number', strip: '€' }, ok: 'boolean', day: 'date' },
    },
    columns: [
      { name: 'text', values: strings(latinText), cell: quotedCell },
      { name: 'n', values: numbers, cell: german },
      {
        name: 'ok',
        values: booleans,
        cell: (value) => (value === undefined ? '' : value['BOOL'] === true ? 'Ja' : 'Nein'),
      },
      { name: 'day', values: days, cell: germanDay },
    ],
    hasHeader: true,
    delimiter: ';',
    lineEnd: '\r\n',
    encode: (text) => Buffer.from(text.replaceAll('€', '\x80'), 'latin1'),
  },
  'PostgreSQL COPY': {
    document: {
      source: { prefix: 'things/', suffix: '.tsv' },
      format: {
        delimiter: 'tab',
        quote: 'none',
        backslash_escapes: true,
        header: 0,
        names: ['id', 'text', 'n', 'ok', 'tags', 'at'],
        null_values: [],
      },
      columns: {
        n: 'number',
        ok: 'boolean',
        tags: { type: 'string_set', format: 'postgres' },
        at: 'datetime',
      },
    },
    columns: [
      { name: 'text', values: strings(anyText), cell: copyCell },
      { name: 'n', values: numbers, cell: copyCell },
      {
        name: 'ok',
        values: booleans,
        cell: (value) => (value === undefined ? '\\N' : value['BOOL'] === true ? 't' : 'f'),
      },
      {
        name: 'tags',
        values: optional(
          fc
            .uniqueArray(
              anyText.filter((text) => text !== ''),
              { minLength: 1, maxLength: 3 },
            )
            .map((SS) => ({ SS })),
        ),
        cell: array,
      },
      {
        name: 'at',
        values: instants,
        cell: (value) => (value === undefined ? '\\N' : inner(value).replace('T', ' ').replace('Z', '+00')),
      },
    ],
    hasHeader: false,
    delimiter: '\t',
    lineEnd: '\n',
    encode: utf8,
  },
  'Unicode Text': {
    document: {
      source: { prefix: 'things/', suffix: '.txt' },
      format: { encoding: 'utf-16le', delimiter: 'tab' },
    },
    columns: [
      { name: 'text', values: strings(anyText), cell: quotedCell },
      { name: 'more', values: strings(anyText), cell: quotedCell },
    ],
    hasHeader: true,
    delimiter: '\t',
    lineEnd: '\r\n',
    encode: (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  },
  'a JSON column': {
    document: { columns: { value: 'json' } },
    columns: [
      {
        name: 'value',
        values: optional(
          fc
            .dictionary(
              fc.string({ minLength: 1 }),
              fc.oneof(fc.integer(), fc.boolean(), fc.string(), fc.constant(null)),
            )
            .map((value) => ({ json: value })),
        ),
        cell: json,
      },
    ],
    hasHeader: true,
    delimiter: ',',
    lineEnd: '\n',
    encode: utf8,
  },
};

describe.each(Object.entries(dialects))('%s', (_, dialect) => {
  const { columns, delimiter, lineEnd, hasHeader, encode } = dialect;
  const dataset = parseDataset('things', {
    source: { prefix: 'things/' },
    table: { partition_key: 'id' },
    ...dialect.document,
  });
  const rows = fc.array(fc.tuple(...columns.map(({ values }) => values)), { minLength: 1, maxLength: 5 });

  test('items → file → items', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (values) => {
        const header = hasHeader ? [['id', ...columns.map(({ name }) => name)].join(delimiter)] : [];
        const lines = values.map((row, index) =>
          [`k${index}`, ...columns.map(({ cell }, column) => cell(row[column]))].join(delimiter),
        );
        const file = encode([...header, ...lines, ''].join(lineEnd));
        const { items, rejects } = await loadFeed(dataset, file);
        expect(rejects).toEqual([]);
        expect(canonicalItems(items)).toEqual(canonicalItems(values.map(itemOf)));
      }),
      { numRuns: 25 },
    );
  });

  function itemOf(row: readonly (Value | undefined)[], index: number): object {
    const attributes = columns.map(({ name }, column) => [name, attributeOf(row[column])] as const);
    const present = attributes.filter(([, value]) => value !== undefined);
    return { id: { S: `k${index}` }, ...Object.fromEntries(present) };
  }
});

function attributeOf(value: Value | undefined): Value | undefined {
  if (value === undefined || !('json' in value)) return value;
  const members = Object.entries(value['json'] as Record<string, unknown>).map(([name, member]) => {
    if (member === null) return [name, { NULL: true }];
    if (typeof member === 'boolean') return [name, { BOOL: member }];
    return [name, typeof member === 'number' ? { N: String(member) } : { S: member }];
  });
  return { M: Object.fromEntries(members) };
}

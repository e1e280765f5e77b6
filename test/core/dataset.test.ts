import { describe, expect, test } from 'vitest';
import { datasetOf, parseDataset, parseDatasets } from '../../src/core/dataset.ts';

const minimal = { source: { prefix: 'people/' }, table: { partition_key: 'id' } };

describe('a dataset', () => {
  test('has every default that its document leaves out', () => {
    expect(parseDataset('people', minimal)).toMatchObject({
      name: 'people',
      source: { prefix: 'people/', suffix: '.csv' },
      format: { delimiter: ',', quote: '"', escape: '"', trim: false, stray_quotes: 'reject' },
      columns: {},
      table: {
        name: 'people',
        partition_key: 'id',
        billing: 'provisioned',
        read_units: 5,
        write_units: 5,
        point_in_time_recovery: true,
        deletion_protection: false,
      },
    });
  });

  test('has a digest that changes with what it says', () => {
    const digest = (document: object) => parseDataset('people', document).digest;
    expect(digest(minimal)).toBe(digest({ ...minimal, format: {} }));
    expect(digest(minimal)).not.toBe(digest({ ...minimal, format: { delimiter: ';' } }));
  });

  test.each([
    ['no document', null, 'the document: '],
    ['a missing key', { source: { prefix: 'p/' }, table: {} }, 'table.partition_key: '],
    ['a missing prefix', { ...minimal, source: {} }, 'source.prefix: '],
    ['a field that nobody knows', { ...minimal, colums: {} }, 'Unrecognized key: "colums"'],
    ['a type that nobody knows', { ...minimal, columns: { a: { type: 'integer' } } }, 'columns.a.type: '],
    [
      'a delimiter of two characters',
      { ...minimal, format: { delimiter: '||' } },
      'format.delimiter: must be one ASCII character',
    ],
    [
      'a delimiter that is the quote',
      { ...minimal, format: { delimiter: '"' } },
      'delimiter and quote must differ',
    ],
    [
      'a boolean key',
      { ...minimal, columns: { id: { type: 'boolean' } } },
      'columns.id.type: a key must be a string or a number',
    ],
    [
      'one attribute as both keys',
      { ...minimal, table: { partition_key: 'id', sort_key: 'id' } },
      'must differ',
    ],
    ['no units', { ...minimal, table: { partition_key: 'id', write_units: 0 } }, 'table.write_units: '],
    ['another billing', { ...minimal, table: { partition_key: 'id', billing: 'free' } }, 'table.billing: '],
  ])('is refused with %s, by the field that is wrong', (_, document, problem) => {
    expect(() => parseDataset('people', document)).toThrow(
      expect.objectContaining({ code: 'dataset-invalid', message: expect.stringContaining(problem) }),
    );
  });

  test('is refused under a name that no table could have', () => {
    expect(() => parseDataset('My People', minimal)).toThrow(/the file's name must be 1 to 63 of a-z/);
  });

  test('is told every problem at once', () => {
    const document = { source: {}, table: { partition_key: 'id', write_units: -1 }, extra: 1 };
    expect(() => parseDataset('people', document)).toThrow(/source\.prefix.*table\.write_units.*extra/s);
  });
});

describe('a set of datasets', () => {
  const other = (prefix: string, suffix?: string) => ({
    source: { prefix, ...(suffix === undefined ? {} : { suffix }) },
    table: { partition_key: 'id' },
  });

  test.each([
    ['the same prefix', 'a/', undefined, 'a/', undefined],
    ['a prefix within the other', 'a/', undefined, 'a/b/', undefined],
    ['a suffix within the other', 'a/', '.csv', 'a/', 'x.csv'],
  ])('is refused with %s', (_, prefixA, suffixA, prefixB, suffixB) => {
    expect(() => parseDatasets({ one: other(prefixA, suffixA), two: other(prefixB, suffixB) })).toThrow(
      /overlaps/,
    );
  });

  test('takes compressed files by their suffix, beside plain ones of another dataset', () => {
    const datasets = parseDatasets({ plain: other('a/'), packed: other('a/', '.csv.gz') });
    expect(datasetOf(datasets, 'a/x.csv')?.name).toBe('plain');
    expect(datasetOf(datasets, 'a/x.csv.gz')?.name).toBe('packed');
    const both = parseDatasets({ both: other('a/', '') });
    expect(['a/x.csv', 'a/x.csv.gz'].map((key) => datasetOf(both, key)?.name)).toEqual(['both', 'both']);
  });

  test('may share a prefix under different suffixes', () => {
    const datasets = parseDatasets({ one: other('a/', '.csv'), two: other('a/', '.tsv') });
    expect(datasetOf(datasets, 'a/x.csv')?.name).toBe('one');
    expect(datasetOf(datasets, 'a/x.tsv')?.name).toBe('two');
    expect(datasetOf(datasets, 'a/x.txt')).toBeUndefined();
    expect(datasetOf(datasets, 'b/x.csv')).toBeUndefined();
  });

  test('is refused with one table for two, and with the ledger for one', () => {
    const named = (prefix: string, name: string) => ({
      source: { prefix },
      table: { partition_key: 'id', name },
    });
    expect(() => parseDatasets({ one: named('a/', 't'), two: named('b/', 't') })).toThrow(
      /also the table of dataset 'two'/,
    );
    expect(() => parseDatasets({ one: named('a/', 'ledger') })).toThrow(/the ledger's/);
  });

  test('must be an object', () => {
    expect(() => parseDatasets([])).toThrow(/object of datasets by name/);
  });
});

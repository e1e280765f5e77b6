import { describe, expect, test } from 'vitest';
import {
  datasetOf,
  parseDataset,
  parseDatasets,
  readDatasets,
  readResolved,
} from '../../../src/core/dataset/dataset.ts';

const minimal = { source: { prefix: 'people/' }, table: { partition_key: 'id' } };

describe('a dataset', () => {
  test('has every default that its document does not set', () => {
    expect(parseDataset('people', minimal)).toMatchObject({
      name: 'people',
      source: { prefix: 'people/', suffix: ['.csv'], ignore_case: false },
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

  test('has a digest of what decides its items, and not of where they come from, how fast, or what the table costs', () => {
    const digest = (document: object) => parseDataset('people', document).digest;
    const table = (fields: object) => ({ ...minimal, table: { partition_key: 'id', ...fields } });
    const load = (fields: object) => ({ ...minimal, load: fields });
    const same = [
      { ...minimal, source: { prefix: 'elsewhere/', suffix: '.txt' } },
      load({ chunk_mb: 1, max_parallel: 2 }),
      table({ billing: 'on_demand', read_units: 9, write_units: 9, ttl_attribute: 't' }),
      table({ point_in_time_recovery: false, deletion_protection: true, name: 'people' }),
    ];
    for (const document of same) expect(digest(document)).toBe(digest(minimal));
    const other = [
      { ...minimal, columns: { id: { type: 'number' } } },
      { ...minimal, columns: { age: { type: 'number' } } },
      { ...minimal, format: { trim: true } },
      load({ rows: 'parallel' }),
      load({ max_rejects: 1 }),
      table({ sort_key: 'at' }),
      table({ name: 'persons' }),
    ];
    const digests = [minimal, ...other].map(digest);
    expect(new Set(digests).size).toBe(digests.length);
    const columns = { a: { type: 'number' }, b: { type: 'number' } };
    const turned = { b: { type: 'number' }, a: { type: 'number' } };
    expect(digest({ ...minimal, columns })).toBe(digest({ ...minimal, columns: turned }));
  });

  test('has the types of its key attributes', () => {
    const columns = { at: { type: 'number' } };
    const { key } = parseDataset('people', {
      ...minimal,
      columns,
      table: { partition_key: 'id', sort_key: 'at' },
    });
    expect(key).toEqual({ partition: { name: 'id', type: 'S' }, sort: { name: 'at', type: 'N' } });
  });

  test('reports all problems at once, with the name of the dataset if there is no file', () => {
    const document = { source: {}, table: { partition_key: 'id', write_units: -1 }, extra: 1 };
    expect(() => parseDataset('people', document)).toThrow(
      expect.objectContaining({
        code: 'dataset-invalid',
        message: [
          "dataset 'people': source.prefix: is missing; it must be 1 to 512 of a-z, A-Z, 0-9 and !-_.'()/",
          "dataset 'people': table.write_units: -1 is not a whole number from 1 to 40,000",
          "dataset 'people': extra: 'extra' is not a field. Allowed: source, expect, format, columns, other_columns, where, transform, attributes, items, write, load, table",
        ].join('\n'),
      }) as Error,
    );
  });

  test('is unchanged after it is written as JSON and read', () => {
    const columns = { id: { type: 'number' } };
    const dataset = parseDataset('people', { ...minimal, columns, load: { max_rejects: 3 } });
    expect(readResolved(JSON.parse(JSON.stringify(dataset)))).toEqual(dataset);
  });
});

describe('the datasets of a deployment', () => {
  const people = parseDataset('people', minimal);

  test('are read each by itself: one of another version takes no other along, and its objects are known', () => {
    const future = {
      ...people,
      name: 'future',
      source: { prefix: 'future/', suffix: [''], ignore_case: false },
      columns: { a: { type: 'polygon' } },
    };
    const datasets = readDatasets([future, people]);
    expect(datasets).toEqual([
      {
        name: 'future',
        source: { prefix: 'future/', suffix: [''], ignore_case: false },
        problem: expect.objectContaining({
          code: 'dataset-invalid',
          message:
            "dataset 'future': columns.a.type: 'polygon' is not a type. Allowed: string, number, integer, boolean, date, time, datetime, json, list, string_set, number_set, binary",
        }) as Error,
      },
      people,
    ]);
    expect(datasetOf(datasets, 'future/a.csv')).toBe(datasets[0]);
    expect(datasetOf(datasets, 'people/a.csv')).toBe(datasets[1]);
  });

  test.each([[null], ['people'], [{}], [{ name: 'people', digest: '' }]])(
    'take %j for a dataset that nobody can read',
    (value) => {
      const [dataset] = readDatasets([value]);
      expect(dataset).toMatchObject({ source: null, problem: { code: 'dataset-invalid' } });
      expect(datasetOf([dataset!], 'people/a.csv')).toBeUndefined();
    },
  );
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

  test('matches compressed files by their suffix, beside plain files of another dataset', () => {
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
      /also the table of dataset 'one'/,
    );
    expect(() => parseDatasets({ one: named('a/', 'ledger') })).toThrow(
      /'ledger' is the table of the ledger/,
    );
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as cel from '@marcbachmann/cel-js';
import { expect, test } from 'vitest';
import { resolveDatasets } from '../../src/core/dataset/resolve.ts';
import { canonicalItems } from './canonical-items.ts';
import { feedFolder } from './feed-folders.ts';
import { loadFeed } from './load-feed.ts';

/*
 * Twenty documents of the kinds of feed that people have, all in one deployment. Most load the file of a folder of examples/feeds; where
 * the document says less than the folder's, other rows are rejected.
 */
type Rows = readonly [read: number, loaded: number, skipped: number, rejected: number];
type Given = {
  readonly name: string;
  readonly rows: Rows;
  readonly items: number;
  readonly file: { readonly feed: string } | { readonly text: string };
  /** Some of the items. */
  readonly some?: readonly object[];
};

const given: readonly Given[] = [
  { name: 'excel-de', file: { feed: 'excel-german' }, rows: [8, 4, 1, 3], items: 4 },
  {
    name: 'excel-us',
    file: { text: 'Id,Date,Amount\r\n1,1/15/2025,"$1,234.50"\r\n2,12/3/2025,($45.10)\r\n3,13/1/2025,$1\r\n' },
    rows: [3, 2, 0, 1],
    items: 2,
    some: [{ Id: { S: '1' }, Date: { S: '2025-01-15' }, Amount: { N: '1234.5' } }],
  },
  { name: 'pandas', file: { feed: 'pandas' }, rows: [7, 4, 0, 3], items: 4 },
  {
    name: 'postgres',
    file: { text: 'a\\tb\tt\t{x,"y z"}\t2025-03-01 12:00:00+00\n2\t\\N\t\\N\t\\N\n3\tmaybe\t{}\t\\N\n' },
    rows: [3, 2, 0, 1],
    items: 2,
    some: [
      {
        id: { S: 'a\tb' },
        active: { BOOL: true },
        tags: { SS: ['x', 'y z'] },
        created_at: { S: '2025-03-01T12:00:00.000Z' },
      },
    ],
  },
  { name: 'mysql', file: { feed: 'mysql' }, rows: [7, 4, 0, 3], items: 4 },
  { name: 'oracle', file: { feed: 'oracle-sqlplus' }, rows: [9, 5, 2, 2], items: 5 },
  { name: 'bank', file: { feed: 'bank-statement' }, rows: [6, 4, 1, 1], items: 4 },
  { name: 'unicode-text', file: { feed: 'excel-unicode-text' }, rows: [6, 5, 1, 0], items: 5 },
  { name: 'salesforce', file: { feed: 'salesforce' }, rows: [6, 4, 0, 2], items: 3 },
  { name: 'stripe', file: { feed: 'stripe-api' }, rows: [6, 5, 0, 1], items: 5 },
  { name: 'shopify', file: { feed: 'shopify' }, rows: [4, 3, 0, 1], items: 5 },
  { name: 'json', file: { feed: 'nested-json' }, rows: [5, 4, 0, 1], items: 4 },
  { name: 'orders', file: { feed: 'orders' }, rows: [6, 4, 0, 2], items: 6 },
  { name: 'gtfs', file: { feed: 'gtfs' }, rows: [7, 5, 0, 2], items: 5 },
  { name: 'cdc', file: { feed: 'aws-dms' }, rows: [10, 9, 0, 1], items: 3 },
  { name: 'products', file: { feed: 'products' }, rows: [5, 4, 0, 1], items: 3 },
  { name: 'customers', file: { feed: 'customers' }, rows: [4, 3, 0, 1], items: 3 },
  { name: 'articles', file: { feed: 'articles' }, rows: [5, 4, 0, 1], items: 4 },
  { name: 'sensors', file: { feed: 'sensors' }, rows: [6, 5, 0, 1], items: 5 },
  { name: 'fixed', file: { feed: 'fixed-columns' }, rows: [4, 3, 0, 1], items: 3 },
];

const documents = readFileSync(join(import.meta.dirname, 'twenty-feeds.yaml'), 'utf8').split(/^---\n/m);
const datasets = resolveDatasets(
  documents.map((text, index) => {
    const name = given[index]?.name ?? `unnamed-${index}`;
    return { path: `${name}.yaml`, name, text };
  }),
  { cel },
);

test('all twenty documents are in one deployment', () => {
  expect(datasets).toHaveLength(20);
  expect(documents).toHaveLength(20);
});

test.each(given)('$name loads its file', async ({ name, file, rows, items, some = [] }) => {
  const dataset = datasets.find((candidate) => candidate.name === name)!;
  const bytes = 'text' in file ? new TextEncoder().encode(file.text) : feedFolder(file.feed).bytes;
  const loaded = await loadFeed(dataset, bytes);
  const [read, loadedRows, skipped, rejected] = rows;
  expect(loaded.rows).toEqual({ read, loaded: loadedRows, skipped, rejected });
  expect(loaded.items).toHaveLength(items);
  expect(canonicalItems(loaded.items)).toEqual(expect.arrayContaining(canonicalItems(some)));
});

import { expect, test } from 'vitest';
import { toJSONSchema } from 'zod';
import { parseDataset, parseDatasets } from '../../src/core/dataset/dataset.ts';
import { schema } from '../../src/core/dataset/schema/document.ts';
import { COLUMN_TYPE_NAMES } from '../../src/core/types/column-types.ts';
import { documentOf, examplesOf, loadExample } from './dataset-examples.ts';

const PAGE = 'docs/datasets.md';
const examples = examplesOf(PAGE);
/** The other dataset of a deployment, whose table the page shares. */
const CUSTOMERS = {
  source: { prefix: 'its-own/' },
  attributes: { pk: '${id}', sk: 'PROFILE' },
  table: { name: 'its-own', partition_key: 'pk', sort_key: 'sk' },
};
const reference = examples.find(({ name }) => name === 'The whole document (1)')!;

test.each(['README.md'].flatMap((page) => examplesOf(page).map((example) => [page, example] as const)))(
  'the dataset in %s is valid',
  (_, example) => {
    expect(parseDataset('people', documentOf(example))).toMatchObject({ name: 'people' });
  },
);

test.each(examples.map((example) => [example.name, example] as const))(
  'the example of %s is valid',
  (_, example) => {
    const datasets = parseDatasets({ people: documentOf(example), customers: CUSTOMERS });
    expect(datasets.map(({ name }) => name)).toEqual(['customers', 'people']);
  },
);

test.each(
  examples.filter(({ cells }) => cells.length > 0).map((example) => [example.name, example] as const),
)('the cells of %s become what the table shows', async (_, example) => {
  const { items, rejects, failure } = await loadExample(example);
  const found = example.cells.map(([cell], index) => {
    const item = items.find(({ id }) => (id as { S: string }).S === String(index));
    if (item === undefined) return [cell, `rejected: ${rejects[index + 2]}`];
    const { id: _, ...attributes } = item;
    const [attribute] = Object.values(attributes);
    return [cell, attribute === undefined ? 'no attribute' : JSON.stringify(attribute)];
  });
  expect(found).toEqual(example.cells);
  expect(failure).toBeNull();
});

test.each(examples.filter(({ items }) => items !== null).map((example) => [example.name, example] as const))(
  'the file of %s becomes the items that the page shows',
  async (_, example) => {
    const { items, rejects, failure } = await loadExample(example);
    expect({ items, rejects }).toEqual({ items: example.items, rejects: example.rejects });
    expect(failure).toBeNull();
  },
);

test('the whole document has every field, and shows the defaults', () => {
  const shown = documentOf(reference);
  const minimal = { source: { prefix: 'orders/' }, table: { partition_key: 'pk' } };
  const { properties } = toJSONSchema(schema, { io: 'input' }) as Part & { properties: Record<string, Part> };
  expect(Object.keys(shown)).toEqual(Object.keys(properties));
  for (const section of ['source', 'format', 'write', 'load', 'table'] as const) {
    expect([section, ...Object.keys(shown[section] as object).toSorted()]).toEqual([
      section,
      ...Object.keys(properties[section]!.properties!).toSorted(),
    ]);
  }
  const resolved = parseDataset('orders', shown);
  const { source, format, load, write } = parseDataset('orders', minimal);
  expect(resolved).toMatchObject({ source, format, load, write, expect: null, other_columns: 'keep' });
});

test('the page shows each option of a column, and each type in a section of its own', () => {
  const { properties } = toJSONSchema(schema, { io: 'input' }) as Part;
  const column = JSON.stringify(properties?.['columns']);
  const options = Object.keys(
    (JSON.parse(column) as { additionalProperties: { anyOf: Part[] } }).additionalProperties.anyOf[1]!
      .properties!,
  );
  const shown = examples.map(({ yaml }) => yaml).join('\n');
  expect(options.filter((option) => !new RegExp(`\\b${option}:`).test(shown))).toEqual([]);
  const headings = new Set(examples.map(({ name }) => name.replace(/ \(\d+\)$/, '')));
  expect(COLUMN_TYPE_NAMES.filter((type) => !headings.has(type))).toEqual([]);
});

type Part = { readonly properties?: Readonly<Record<string, Part>> };

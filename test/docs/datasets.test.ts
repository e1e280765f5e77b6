import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { toJSONSchema } from 'zod';
import { parseDataset } from '../../src/core/dataset/dataset.ts';
import { schema } from '../../src/core/dataset/schema.ts';

type Example = Record<string, Record<string, unknown>>;

test.each(['README.md', 'docs/datasets.md'])('the dataset in %s is valid', (page) => {
  expect(parseDataset('people', exampleOf(page))).toMatchObject({ name: 'people' });
});

test('the dataset in docs/datasets.md has every field of the schema, and shows the defaults', () => {
  const example = exampleOf('docs/datasets.md');
  const { properties } = toJSONSchema(schema, { io: 'input' }) as { properties: Record<string, Part> };
  const minimal = { source: { prefix: 'people/' }, table: { partition_key: 'id' } };
  const defaults = parseDataset('people', minimal) as unknown as Example;
  for (const [part, { properties: fields }] of Object.entries(properties)) {
    if (part === 'columns') continue;
    expect([part, ...Object.keys(example[part]!).toSorted()]).toEqual([
      part,
      ...Object.keys(fields!).toSorted(),
    ]);
    expect(example[part]).toMatchObject(defaults[part]!);
  }
});

type Part = { readonly properties?: object };

function exampleOf(page: string): Example {
  const text = readFileSync(join(import.meta.dirname, '../..', page), 'utf8');
  const [, yaml = ''] = /^```yaml\n(.*?)^```/ms.exec(text) ?? [];
  return parse(yaml) as Example;
}

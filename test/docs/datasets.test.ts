import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseDataset } from '../../src/core/dataset/dataset.ts';

type Example = Record<string, Record<string, unknown>>;

test.each(['README.md', 'docs/datasets.md'])('the dataset in %s is valid', (page) => {
  expect(parseDataset('people', exampleOf(page))).toMatchObject({ name: 'people' });
});

function exampleOf(page: string): Example {
  const text = readFileSync(join(import.meta.dirname, '../..', page), 'utf8');
  const [, yaml = ''] = /^```yaml\n(.*?)^```/ms.exec(text) ?? [];
  return parse(yaml) as Example;
}

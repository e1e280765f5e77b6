import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { fromJSONSchema } from 'zod';
import { datasetSchemaText } from '../../scripts/dataset-schema.ts';

const root = join(import.meta.dirname, '../..');
const file = join(root, 'datasets/dataset.schema.json');
const documents = globSync('datasets/*.yaml', { cwd: root });
const feeds = globSync('examples/feeds/*/*.yaml', { cwd: root });

type Part = {
  readonly properties?: Readonly<Record<string, Part & { readonly description?: string }>>;
  readonly anyOf?: readonly Part[];
  readonly additionalProperties?: Part | boolean;
};

test('datasets/dataset.schema.json is what `npm run schema` writes', () => {
  expect(readFileSync(file, 'utf8')).toBe(datasetSchemaText());
});

test('each key in the JSON Schema has a description, which editors show', () => {
  const bare: string[] = [];
  visit(JSON.parse(datasetSchemaText()) as Part, '');
  expect(bare).toEqual([]);

  function visit({ properties = {}, anyOf = [], additionalProperties }: Part, path: string): void {
    for (const [name, part] of Object.entries(properties)) {
      if (part.description === undefined) bare.push(`${path}.${name}`);
      visit(part, `${path}.${name}`);
    }
    for (const part of anyOf) visit(part, path);
    if (typeof additionalProperties === 'object') visit(additionalProperties, `${path}.*`);
  }
});

test.each([...documents, ...feeds])('the JSON Schema accepts %s', (path) => {
  const accepted = fromJSONSchema(JSON.parse(datasetSchemaText()) as Parameters<typeof fromJSONSchema>[0]);
  const text = readFileSync(join(root, path), 'utf8');
  expect(accepted.safeParse(parse(text)).error?.issues ?? []).toEqual([]);
});

test.each(documents)('%s names the JSON Schema for editors', (path) => {
  const text = readFileSync(join(root, path), 'utf8');
  const named = /^# yaml-language-server: \$schema=(.+)$/m.exec(text)?.[1] ?? '';
  expect(resolve(root, dirname(path), named)).toBe(file);
});

test('the JSON Schema refuses what is misspelt', () => {
  const accepted = fromJSONSchema(JSON.parse(datasetSchemaText()) as Parameters<typeof fromJSONSchema>[0]);
  const document = (more: object) => ({ source: { prefix: 'a/' }, table: { partition_key: 'id' }, ...more });
  expect(accepted.safeParse(document({})).success).toBe(true);
  expect(accepted.safeParse(document({ fromat: {} })).success).toBe(false);
  expect(accepted.safeParse(document({ columns: { a: { type: 'nubmer' } } })).success).toBe(false);
  expect(accepted.safeParse(document({ write: { mode: 'upsert' } })).success).toBe(false);
});

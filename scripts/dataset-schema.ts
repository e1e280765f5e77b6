import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toJSONSchema } from 'zod';
import { schema } from '../src/core/dataset/schema/document.ts';

/**
 * The text of `datasets/dataset.schema.json`: the JSON Schema of a dataset's document, by which editors complete names, show help
 * and mark mistakes. It accepts somewhat more than Sluice does: where a text is expected, Sluice takes numbers and words such as
 * `no` as they are written, and an editor sees the value that YAML makes of them.
 */
export function datasetSchemaText(): string {
  const { $schema: _, ...rest } = toJSONSchema(schema, {
    io: 'input',
    override({ jsonSchema }) {
      const isText = jsonSchema.type === 'string' && jsonSchema.const === undefined;
      if (isText && jsonSchema.enum === undefined) Object.assign(jsonSchema, { type: WRITTEN });
    },
  });
  const text = {
    // What the YAML language server of editors reads.
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A dataset of Sluice',
    ...rest,
  };
  return `${JSON.stringify(text, null, 1)}\n`;
}

const WRITTEN = ['string', 'number', 'boolean'];

if (import.meta.main) {
  await writeFile(join(import.meta.dirname, '../datasets/dataset.schema.json'), datasetSchemaText());
}

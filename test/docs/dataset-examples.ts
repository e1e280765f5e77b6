import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Format } from '../../src/core/csv/format.ts';
import { readYaml } from '../../src/core/dataset/reading/yaml-document.ts';
import { schema } from '../../src/core/dataset/schema/document.ts';
import { world } from '../engine/world.ts';

/** A document or a part of one, as a page shows it, and what the page says becomes of cells or of a file. */
export type Example = {
  /** The heading above, and the example's number below it. */
  readonly name: string;
  readonly yaml: string;
  /** Rows of a table `cell | attribute`. */
  readonly cells: readonly (readonly [cell: string, attribute: string])[];
  readonly file: string | null;
  readonly module: string | null;
  readonly items: readonly object[] | null;
  /** `Line 3 is rejected: number-invalid`, by the lines. */
  readonly rejects: Readonly<Record<string, string>>;
};

const SOURCE = { prefix: 'people/' };
const TABLE = { partition_key: 'id' };

type Fields = Readonly<Record<string, unknown>>;

/** Every YAML block of a page, with the blocks, tables and sentences up to the next one or the next heading. */
export function examplesOf(page: string): readonly Example[] {
  const text = readFileSync(join(import.meta.dirname, '../..', page), 'utf8');
  const parts = text.split(/^(?=```yaml\n|#+ )/m);
  const examples: Example[] = [];
  let heading = '';
  let number = 0;
  for (const part of parts) {
    const titled = /^#+ (.*)\n/.exec(part);
    if (titled !== null) {
      heading = titled[1]!;
      number = 0;
      continue;
    }
    const yaml = blockOf(part, 'yaml');
    if (yaml === null) continue;
    const items = blockOf(part, 'json');
    examples.push({
      name: `${heading} (${++number})`,
      yaml,
      cells: [...part.matchAll(/^\| (?:`` ?(.*?) ?``|`(.*?)`|\(empty\)) \| `?(.*?)`? \|$/gm)].map(
        ([, double, single, attribute]) => [double ?? single ?? '', attribute!],
      ),
      file: blockOf(part, 'csv'),
      module: blockOf(part, 'ts'),
      items: items === null ? null : (JSON.parse(items) as object[]),
      rejects: Object.fromEntries(
        [...part.matchAll(/[Ll]ine (\d+) is rejected: `([a-z0-9-]+)`/g)].map(([, line, code]) => [
          line,
          code,
        ]),
      ) as Example['rejects'],
    });
  }
  return examples;
}

/** The example as a whole document: what it does not show is what the test needs. */
export function documentOf({ yaml, name }: Pick<Example, 'yaml' | 'name'>): Fields {
  const read = readYaml(yaml, schema);
  if (!('value' in read)) throw new Error(`${name}: ${JSON.stringify(read)}`);
  const document = read.value as Fields;
  return { ...document, source: document['source'] ?? SOURCE, table: document['table'] ?? TABLE };
}

/** Loads the example's file; without one, a file with a row for each cell. */
export async function loadExample(
  example: Example,
): Promise<{ items: Fields[]; rejects: Readonly<Record<string, string>>; failure: unknown }> {
  const document = documentOf(example);
  const source = { ...(document['source'] as Fields), prefix: 'people/', suffix: '' };
  const { module } = example;
  // Virtual time cannot wait for a module.
  await import('@marcbachmann/cel-js');
  const engine = world({ dataset: { ...document, source }, ...(module === null ? {} : { code: module }) });
  const object = await engine.drop(
    bytesOf(example.file ?? cellFile(example, document), engine.dataset.format.encoding),
  );
  for (let next = engine.queue.messages[0]; next !== undefined; next = engine.queue.messages[0]) {
    await engine.clock.run(engine.clock.sleep(next.delayMs));
    await engine.loadNext();
  }
  const { failure } = await engine.importOf(object);
  const rejects = [...engine.results.files.keys()]
    .filter((name) => name.startsWith('rejects/'))
    .flatMap((name) => rejectsIn(engine.results.text(name), engine.dataset.format));
  return { items: engine.items(), rejects: Object.fromEntries(rejects), failure };
}

/** The line and the code of each row of a reject file. */
function rejectsIn(text: string, { delimiter, quote }: Format): [line: string, code: string][] {
  const rows: string[][] = parse(text, {
    delimiter,
    quote: quote ?? false,
    relax_column_count: true,
    relax_quotes: true,
  });
  return rows.slice(1).map(([line = '', , code = '']) => [line, code]);
}

/** `id`, and the only column of the example. */
function cellFile({ cells, name }: Example, { columns, format = {} }: Fields): string {
  const [column, ...others] = Object.keys(columns as Fields);
  if (column === undefined || others.length > 0) throw new Error(`${name} must have one column`);
  const { delimiter = ',' } = format as { delimiter?: string };
  const character = delimiter === 'tab' ? '\t' : delimiter;
  return [['id', column], ...cells.map(([cell], index) => [String(index), cell])]
    .map((row) => `${row.join(character)}\n`)
    .join('');
}

function bytesOf(text: string, encoding: string): Uint8Array {
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le');
  return Buffer.from(text, encoding === 'windows-1252' ? 'latin1' : 'utf8');
}

function blockOf(part: string, language: string): string | null {
  return new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(part)?.[1] ?? null;
}

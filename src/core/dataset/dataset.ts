import { utf8ToBytes } from '@noble/hashes/utils.js';
import * as z from 'zod';
import { digestOf } from './digest.ts';
import { describeIssue, type Problem, problemText, shown } from './problem.ts';
import { type DatasetDocument, nameSchema, schema } from './schema.ts';
import { SluiceError } from '../errors.ts';

/** The name of the ledger's table, after the deployment's name. */
const LEDGER = 'ledger';

/** The ledger keeps a resolved document in one item, which DynamoDB bounds at 400 KB. */
const MOST_BYTES = 290_000;

/** An attribute of the table's key, and its type as DynamoDB calls it. */
export type KeyAttribute = { readonly name: string; readonly type: 'S' | 'N' };

/** A dataset: a resolved document with all defaults, and the values that follow from them. */
export type Dataset = Omit<DatasetDocument, 'table'> & {
  readonly name: string;
  /** Of all that decides its items: `dataset/digest.ts`. */
  readonly digest: string;
  readonly key: { readonly partition: KeyAttribute; readonly sort: KeyAttribute | null };
  readonly table: Omit<DatasetDocument['table'], 'name'> & { readonly name: string };
};

/** A dataset that this program cannot read. Its objects are known by their keys all the same, if its `source` can be read. */
export type InvalidDataset = {
  readonly name: string;
  readonly source: Dataset['source'] | null;
  readonly problem: SluiceError;
};

/** What is wrong, and in which dataset. */
export type DatasetProblem = Problem & { readonly dataset: string };

/** Resolves one document, or answers all that is wrong in it. `name` is the document's file name without `.yaml`. */
export function resolveDocument(name: string, document: unknown): Dataset | readonly DatasetProblem[] {
  const checkedName = nameSchema.safeParse(name);
  if (!checkedName.success) {
    const text = `the file's name without .yaml, ${shown(name)}, is not ${checkedName.error.issues[0]?.message}`;
    return [{ dataset: name, path: [], at: 'value', text }];
  }
  const parsed = schema.safeParse(document);
  if (!parsed.success) {
    return parsed.error.issues
      .flatMap((issue) => describeIssue(schema, document, issue))
      .map((problem) => ({ dataset: name, ...problem }));
  }
  const problems = contradictions(parsed.data);
  if (problems.length > 0) return problems.map((problem) => ({ dataset: name, ...problem }));
  const sizeBytes = utf8ToBytes(JSON.stringify(parsed.data)).length;
  if (sizeBytes > MOST_BYTES) {
    const text = `has too many columns: ${sizeBytes} bytes when resolved, of at most ${MOST_BYTES}`;
    return [{ dataset: name, path: ['columns'], at: 'value', text }];
  }
  const { table, columns } = parsed.data;
  const attribute = (column: string): KeyAttribute => ({
    name: column,
    type: columns[column]?.type === 'number' ? 'N' : 'S',
  });
  const named = { ...parsed.data, table: { ...table, name: table.name ?? name } };
  return {
    name,
    digest: digestOf(named),
    key: {
      partition: attribute(table.partition_key),
      sort: table.sort_key === undefined ? null : attribute(table.sort_key),
    },
    ...named,
  };
}

/** What is wrong between datasets that are right each by itself: two that claim the same objects, or the same table. */
export function conflicts(datasets: readonly Dataset[]): readonly DatasetProblem[] {
  const problems: DatasetProblem[] = [];
  for (const [index, dataset] of datasets.entries()) {
    const { name, source, table } = dataset;
    const before = datasets.slice(0, index);
    const rival = before.find((other) => overlap(other, dataset));
    if (rival !== undefined) {
      const text = `${shown(source.prefix)} with suffix ${shown(source.suffix)} overlaps ${shown(rival.source.prefix)} with suffix ${shown(rival.source.suffix)} of dataset '${rival.name}': an object would belong to both`;
      problems.push({ dataset: name, path: ['source', 'prefix'], at: 'value', text });
    }
    const path = ['table', 'name'];
    if (table.name === LEDGER) {
      const text = `'${LEDGER}' is the table of the ledger; give this table another name`;
      problems.push({ dataset: name, path, at: 'value', text });
    }
    const twin = before.find((other) => other.table.name === table.name);
    if (twin !== undefined) {
      const text = `'${table.name}' is also the table of dataset '${twin.name}'; give one of them another name`;
      problems.push({ dataset: name, path, at: 'value', text });
    }
  }
  return problems;
}

/** Reads one dataset from a document of values. Throws `dataset-invalid` with all that is wrong. */
export function parseDataset(name: string, document: unknown): Dataset {
  const resolved = resolveDocument(name, document);
  if ('digest' in resolved) return resolved;
  throw datasetInvalid(resolved.map(withName), [name]);
}

/** Reads documents of values by name. Throws `dataset-invalid`, also for `conflicts`. */
export function parseDatasets(documents: Readonly<Record<string, unknown>>): readonly Dataset[] {
  const names = Object.keys(documents).sort();
  const datasets: Dataset[] = [];
  const wrong: DatasetProblem[] = [];
  for (const name of names) {
    const resolved = resolveDocument(name, documents[name]);
    if ('digest' in resolved) datasets.push(resolved);
    else wrong.push(...resolved);
  }
  const problems = wrong.length > 0 ? wrong : conflicts(datasets);
  if (problems.length > 0)
    throw datasetInvalid(
      problems.map(withName),
      problems.map(({ dataset }) => dataset),
    );
  return datasets;
}

/** Reads the JSON of a resolved document, maybe written by another version of Sluice. Throws `dataset-invalid`. */
export function readResolved(value: unknown): Dataset {
  const entry = resolvedEntry.safeParse(value);
  if (!entry.success) {
    throw datasetInvalid(
      ['a resolved dataset is not a map with a name and a digest; run npm run build, and deploy again'],
      [],
    );
  }
  const { name, digest, key: _, ...document } = entry.data;
  return { ...parseDataset(name, document), digest };
}

/** Reads the datasets of a deployment. A dataset that cannot be read does not affect the others. */
export function readDatasets(values: readonly unknown[]): readonly (Dataset | InvalidDataset)[] {
  return values.map((value) => {
    try {
      return readResolved(value);
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      const { name, source } = unreadable.parse(value);
      return { name, source, problem: error };
    }
  });
}

/** The dataset whose prefix and suffix match the key; at most one does. */
export function datasetOf<T extends Dataset | InvalidDataset>(
  datasets: readonly T[],
  key: string,
): T | undefined {
  return datasets.find(
    ({ source }) => source !== null && key.startsWith(source.prefix) && key.endsWith(source.suffix),
  );
}

/** One error for everything that is wrong, a line each. */
export function datasetInvalid(lines: readonly string[], datasets: readonly string[]): SluiceError {
  return new SluiceError('dataset-invalid', lines.join('\n'), {
    data: { datasets: [...new Set(datasets)], problems: lines },
  });
}

const resolvedEntry = z.looseObject({ name: z.string(), digest: z.string().min(1) });

/** As much as can be had of an entry that is not valid. */
const unreadable = z
  .object({
    name: z.string().catch('(unnamed)'),
    source: z
      .object({ prefix: z.string().min(1), suffix: z.string() })
      .nullable()
      .catch(null),
  })
  .catch({ name: '(unnamed)', source: null });

function withName(problem: DatasetProblem): string {
  return `dataset '${problem.dataset}': ${problemText(problem)}`;
}

/** S3 refuses two notifications that can match the same object: one prefix begins with the other, and one suffix ends with the other. */
function overlap(a: Dataset, b: Dataset): boolean {
  const prefixes = a.source.prefix.startsWith(b.source.prefix) || b.source.prefix.startsWith(a.source.prefix);
  const suffixes = a.source.suffix.endsWith(b.source.suffix) || b.source.suffix.endsWith(a.source.suffix);
  return prefixes && suffixes;
}

function contradictions({ format, columns, table }: DatasetDocument): readonly Problem[] {
  const problems: Problem[] = [];
  for (const name of ['quote', 'escape'] as const) {
    if (format[name] !== format.delimiter) continue;
    problems.push({
      path: ['format', name],
      at: 'value',
      text: `${shown(format[name])} is also the delimiter; they must differ`,
    });
  }
  if (table.partition_key === table.sort_key) {
    const text = `${shown(table.sort_key)} is also the partition key; they must differ`;
    problems.push({ path: ['table', 'sort_key'], at: 'value', text });
  }
  for (const key of new Set([table.partition_key, table.sort_key])) {
    if (key === undefined || columns[key]?.type !== 'boolean') continue;
    const text = `'boolean' is not a type of a key, and ${shown(key)} is one. Allowed: string, number`;
    problems.push({ path: ['columns', key, 'type'], at: 'value', text });
  }
  return problems;
}

import { utf8ToBytes } from '@noble/hashes/utils.js';
import * as z from 'zod';
import { SluiceError } from '../errors.ts';
import { type Libraries, NO_LIBRARIES } from '../libraries.ts';
import { conflicts, type DatasetProblem } from './checks/set/conflicts.ts';
import { contradictions, missingKey } from './checks/contradictions.ts';
import { sharedTables } from './checks/set/shared-tables.ts';
import { digestOf } from './digest.ts';
import { describeIssue, problemText, shown } from './reading/problem.ts';
import { type ResolvedDocument, resolvedDocument } from './resolved/resolved-document.ts';
import type { TableSpec } from './resolved/table-spec.ts';
import { unresolved } from './resolved/unresolved.ts';
import { schema } from './schema/document.ts';
import { nameSchema } from './schema/values.ts';

/** The ledger keeps a resolved document in one item, which DynamoDB bounds at 400 KB. */
const MOST_BYTES = 290_000;

/** A dataset: a resolved document with a digest of all that decides its items (`dataset/digest.ts`). */
export type Dataset = ResolvedDocument & { readonly digest: string };

/** A dataset that this program cannot read. Its objects are known by their keys all the same, if its `source` can be read. */
export type InvalidDataset = {
  readonly name: string;
  readonly source: Dataset['source'] | null;
  readonly problem: SluiceError;
};

/**
 * Resolves one document, or answers all that is wrong in it. `name` is the document's file name without `.yaml`, `code` the bundled
 * module of its `transform`. Conditions are checked if `libraries` has their library.
 */
export function resolveDocument(
  name: string,
  document: unknown,
  code = '',
  libraries: Libraries = NO_LIBRARIES,
): Dataset | readonly DatasetProblem[] {
  const checkedName = nameSchema.safeParse(name);
  if (!checkedName.success) {
    const text = `the file's name without .yaml, ${shown(name)}, is not ${checkedName.error.issues[0]?.message}`;
    return [{ dataset: name, path: [], at: 'value', text }];
  }
  const parsed = schema.safeParse(document);
  const missing = missingKey(document);
  if (!parsed.success || missing.length > 0) {
    const issues = parsed.error?.issues ?? [];
    return [...missing, ...issues.flatMap((issue) => describeIssue(schema, document, issue))].map(
      (problem) => ({ dataset: name, ...problem }),
    );
  }
  const resolved = resolvedDocument(name, parsed.data, code);
  const problems = contradictions(parsed.data, resolved, libraries);
  if (problems.length > 0) return problems.map((problem) => ({ dataset: name, ...problem }));
  const sizeBytes = utf8ToBytes(JSON.stringify(resolved)).length;
  if (sizeBytes > MOST_BYTES) {
    const text = `has too many columns: ${sizeBytes} bytes when resolved, of at most ${MOST_BYTES}`;
    return [{ dataset: name, path: ['columns'], at: 'value', text }];
  }
  return { ...resolved, digest: digestOf(resolved) };
}

/** Reads one dataset from a document of values. Throws `dataset-invalid` with all that is wrong. */
export function parseDataset(name: string, document: unknown, code = ''): Dataset {
  const resolved = resolveDocument(name, document, code);
  if ('digest' in resolved) return resolved;
  throw datasetInvalid(resolved.map(withName), [name]);
}

/**
 * Reads documents of values by name; `codes` are the bundled modules of their transforms. Throws `dataset-invalid`, also for what is
 * wrong between them.
 */
export function parseDatasets(
  documents: Readonly<Record<string, unknown>>,
  codes: Readonly<Record<string, string>> = {},
): readonly Dataset[] {
  const names = Object.keys(documents).sort();
  const datasets: Dataset[] = [];
  const wrong: DatasetProblem[] = [];
  for (const name of names) {
    const resolved = resolveDocument(name, documents[name], codes[name]);
    if ('digest' in resolved) datasets.push(resolved);
    else wrong.push(...resolved);
  }
  const set = resolveSet(datasets);
  const problems = wrong.length > 0 ? wrong : set.problems;
  if (problems.length > 0)
    throw datasetInvalid(
      problems.map(withName),
      problems.map(({ dataset }) => dataset),
    );
  return set.datasets;
}

/** The datasets of one deployment, with the tables that they share (`same_as`), and all that is wrong between them. */
export function resolveSet(datasets: readonly Dataset[]): {
  readonly datasets: readonly Dataset[];
  readonly problems: readonly DatasetProblem[];
} {
  const shared = sharedTables(datasets);
  return {
    datasets: shared.datasets.map((dataset) => {
      const { digest: _, ...document } = dataset;
      return { ...document, digest: digestOf(document) };
    }),
    problems: [...conflicts(datasets), ...shared.problems],
  };
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
  const { name, digest } = entry.data;
  const { transform, table, key } = entry.data;
  const dataset = { ...parseDataset(name, unresolved(entry.data), transform?.code), digest };
  if (dataset.table.same_as === null || table === undefined || key === undefined) return dataset;
  return { ...dataset, table: table as TableSpec, key };
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
  return datasets.find(({ source }) => source !== null && matches(source, key));
}

/** One error for everything that is wrong, a line each. */
export function datasetInvalid(lines: readonly string[], datasets: readonly string[]): SluiceError {
  return new SluiceError('dataset-invalid', lines.join('\n'), {
    data: { datasets: [...new Set(datasets)], problems: lines },
  });
}

function matches({ prefix, suffix, ignore_case }: Dataset['source'], key: string): boolean {
  const folded = (text: string): string => (ignore_case ? text.toLowerCase() : text);
  return key.startsWith(prefix) && suffix.some((each) => folded(key).endsWith(folded(each)));
}

const keyAttribute = z.object({ name: z.string(), type: z.enum(['S', 'N', 'B']) });

/** What a resolved document has beyond a document: the module's text; and the table, which may be another dataset's. */
const resolvedEntry = z.looseObject({
  name: z.string(),
  digest: z.string().min(1),
  transform: z.looseObject({ code: z.string() }).nullish(),
  table: z.looseObject({}).optional(),
  key: z.object({ partition: keyAttribute, sort: keyAttribute.nullable() }).optional(),
});

/** As much as can be had of an entry that is not valid. */
const unreadable = z
  .object({
    name: z.string().catch('(unnamed)'),
    source: z
      .object({ prefix: z.string().min(1), suffix: z.array(z.string()), ignore_case: z.boolean() })
      .nullable()
      .catch(null),
  })
  .catch({ name: '(unnamed)', source: null });

function withName(problem: DatasetProblem): string {
  return `dataset '${problem.dataset}': ${problemText(problem)}`;
}

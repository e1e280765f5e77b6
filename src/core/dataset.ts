import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import * as z from 'zod';
import { SluiceError } from './errors.ts';

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and -, and begin with a letter or digit');

const oneByte = (what: string) =>
  z.string().regex(/^[\t\x20-\x7e]$/, `must be one ASCII character: it is the ${what}`);

/** What the ledger's table is called, behind the deployment's name. */
const LEDGER = 'ledger';

const columnType = z.enum(['string', 'number', 'boolean']);

/** The shape of `datasets/NAME.yaml`. Unknown fields are errors; every default stands here. */
const schema = z.strictObject({
  source: z.strictObject({
    /** Objects whose key begins with this belong to the dataset. */
    prefix: z.string().min(1).max(512),
    /** … and ends with this. */
    suffix: z.string().max(64).default('.csv'),
  }),
  format: z
    .strictObject({
      delimiter: oneByte('delimiter').default(','),
      quote: oneByte('quote').default('"'),
      /** The character that makes a quote inside a quoted field literal: the quote itself (doubled), or another such as a backslash. */
      escape: oneByte('escape').default('"'),
      /** Spaces and tabs around a cell, outside of its quotes, don't belong to it. */
      trim: z.boolean().default(false),
      /** A quote inside a cell that does not begin with one: RFC 4180 forbids it, and often a quote before it is missing. */
      stray_quotes: z.enum(['reject', 'literal']).default('reject'),
    })
    .prefault({}),
  /** Columns by the name in the file's header. What is not declared is a string. */
  columns: z.record(z.string().min(1), z.strictObject({ type: columnType.default('string') })).default({}),
  load: z
    .strictObject({
      /**
       * A later row of a key wins over an earlier one of the same file. Only a dataset that says `false` (keys don't repeat within
       * a file, or it does not matter which row wins) has its large files cut: two chunks written at once keep no order.
       */
      ordered: z.boolean().default(true),
      /** Files over this size are cut into chunks of about this size, in megabytes of 1,048,576 bytes. */
      chunk_mb: z.int().min(1).max(65_536).default(256),
      /** Chunks of a file that are loaded at the same time. */
      max_parallel: z.int().min(1).max(100).default(4),
      /** An import with more rejects than this fails. */
      max_rejects: z.int().min(0).optional(),
      /** An import fails in which this share of the rows (0 to 1) is rejected, once it has read 1,000. */
      max_reject_ratio: z.number().min(0).max(1).optional(),
    })
    .prefault({}),
  table: z.strictObject({
    /** The dataset's name where it is not given; the deployment's name stands before it. */
    name: name.optional(),
    partition_key: z.string().min(1).max(255),
    sort_key: z.string().min(1).max(255).optional(),
    billing: z.enum(['provisioned', 'on_demand']).default('provisioned'),
    /** Units a second, for provisioned billing. */
    read_units: z.int().min(1).max(40_000).default(5),
    write_units: z.int().min(1).max(40_000).default(5),
    /** The attribute that holds the time to live, in epoch seconds. */
    ttl_attribute: z.string().min(1).max(255).optional(),
    point_in_time_recovery: z.boolean().default(true),
    deletion_protection: z.boolean().default(false),
  }),
});

export type ColumnType = z.infer<typeof columnType>;
export type Format = z.infer<typeof schema>['format'];

/** A dataset as every part reads it: defaults filled in, its name beside it. */
export type Dataset = Omit<z.infer<typeof schema>, 'table'> & {
  readonly name: string;
  readonly digest: string;
  readonly table: Omit<z.infer<typeof schema>['table'], 'name'> & { readonly name: string };
};

/**
 * Reads one dataset from what its YAML document holds. Throws `dataset-invalid` with each field that is wrong.
 * `datasetName` is the document's file name without `.yaml`.
 */
export function parseDataset(datasetName: string, document: unknown): Dataset {
  const checkedName = name.safeParse(datasetName);
  if (!checkedName.success)
    throw invalid(datasetName, [`the file's name ${checkedName.error.issues[0]?.message}`]);
  const parsed = schema.safeParse(document);
  if (!parsed.success) {
    throw invalid(
      datasetName,
      parsed.error.issues.map(
        (issue) => `${issue.path.map(String).join('.') || 'the document'}: ${issue.message}`,
      ),
    );
  }
  const problems = contradictions(parsed.data);
  if (problems.length > 0) throw invalid(datasetName, problems);
  return {
    ...parsed.data,
    name: datasetName,
    digest: bytesToHex(sha256(utf8ToBytes(JSON.stringify(parsed.data)))).slice(0, 16),
    table: { ...parsed.data.table, name: parsed.data.table.name ?? datasetName },
  };
}

/**
 * Reads the datasets document, an object of datasets by name, as Terraform and the local stack write it. Throws
 * `dataset-invalid`, also where two datasets claim the same objects
 * or the same table.
 */
export function parseDatasets(document: unknown): readonly Dataset[] {
  const byName = z.record(z.string(), z.unknown()).safeParse(document);
  if (!byName.success)
    throw invalid('datasets', ['the datasets document must be an object of datasets by name']);
  const datasets = Object.entries(byName.data)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => parseDataset(key, value));
  for (const [index, a] of datasets.entries()) {
    const b = datasets.slice(index + 1).find((other) => overlap(a, other));
    if (b) {
      throw invalid(a.name, [
        `source.prefix '${a.source.prefix}' overlaps '${b.source.prefix}' of dataset '${b.name}': an object would belong to both`,
      ]);
    }
  }
  for (const [index, { name: own, table }] of datasets.entries()) {
    if (table.name === LEDGER)
      throw invalid(own, [`table.name: '${LEDGER}' is the ledger's. Give the table another name`]);
    const other = datasets.slice(index + 1).find((each) => each.table.name === table.name);
    if (other)
      throw invalid(own, [`table.name: '${table.name}' is also the table of dataset '${other.name}'`]);
  }
  return datasets;
}

/** The dataset whose prefix and suffix the key has, if any; there is at most one. */
export function datasetOf(datasets: readonly Dataset[], key: string): Dataset | undefined {
  return datasets.find(({ source }) => key.startsWith(source.prefix) && key.endsWith(source.suffix));
}

/** S3 refuses two notifications that an object could match at once: prefixes where one begins with the other, and suffixes likewise. */
function overlap(a: Dataset, b: Dataset): boolean {
  const prefixes = a.source.prefix.startsWith(b.source.prefix) || b.source.prefix.startsWith(a.source.prefix);
  const suffixes = a.source.suffix.endsWith(b.source.suffix) || b.source.suffix.endsWith(a.source.suffix);
  return prefixes && suffixes;
}

function contradictions({ format, columns, table }: z.infer<typeof schema>): string[] {
  const problems: string[] = [];
  if (format.delimiter === format.quote) problems.push('format: delimiter and quote must differ');
  if (format.delimiter === format.escape) problems.push('format: delimiter and escape must differ');
  if (table.partition_key === table.sort_key) problems.push('table: partition_key and sort_key must differ');
  for (const key of [table.partition_key, table.sort_key]) {
    if (key !== undefined && columns[key]?.type === 'boolean') {
      problems.push(`columns.${key}.type: a key must be a string or a number, not a boolean`);
    }
  }
  return problems;
}

function invalid(datasetName: string, problems: readonly string[]): SluiceError {
  return new SluiceError(
    'dataset-invalid',
    `Dataset '${datasetName}' is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nMend datasets/${datasetName}.yaml.`,
    { data: { dataset: datasetName, problems } },
  );
}

import { isRejectHeader, REJECT_COLUMNS } from '../../csv/header/reject-columns.ts';
import { nameKey } from '../../csv/header/column-name.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { SluiceError } from '../../errors.ts';
import type { ColumnSpec } from '../../types/column-spec.ts';
import { lacking, tooManyNames } from './header-errors.ts';

/** A column of a file, and what the dataset says of it. */
export type HeaderColumn = {
  /** The name in the header. */
  readonly header: string;
  /** Position in the record. */
  readonly field: number;
  /** The name that expressions and keys use: `as`. */
  readonly name: string;
  /** The attribute, or a member of a map: its names from the item down. */
  readonly path: readonly string[];
  readonly spec: ColumnSpec;
  /** False: templates and conditions can use it, and no item has it. */
  readonly isStored: boolean;
};

export type HeaderMatch = {
  readonly columns: readonly HeaderColumn[];
  /** Optional columns that the header lacks, by their names in the document. */
  readonly missing: readonly string[];
};

const STRING: ColumnSpec = {};

/**
 * Finds the columns that the dataset declares in a header, and what becomes of the others. The columns of a reject file
 * (`sluice_line` …) and columns whose name is empty are left out. Throws `column-missing`, `key-column-missing`, `column-unexpected`
 * and `columns-collide`.
 */
export function matchHeader(dataset: Dataset, header: readonly string[]): HeaderMatch {
  const { format, columns: declared, other_columns: others } = dataset;
  const skipped = isRejectHeader(header) ? REJECT_COLUMNS.length : 0;
  const byName = declaredNames(dataset);
  const columns: HeaderColumn[] = [];
  const unexpected: string[] = [];
  const found = new Map<string, string>();
  const opColumns = new Set(
    dataset.items.map(({ write }) => write.op_column).filter((name) => name !== null),
  );
  for (const [field, name] of header.entries()) {
    if (field < skipped || name === '') continue;
    const column = byName.get(nameKey(name, format.match_names));
    if (column !== undefined) {
      const first = found.get(column);
      if (first !== undefined) {
        throw collision(
          `The columns '${first}' and '${name}' of the header are both column '${column}' of dataset '${dataset.name}'`,
          [first, name],
        );
      }
      found.set(column, name);
      const spec = declared[column]!;
      const as = spec.as ?? column;
      columns.push({
        header: name,
        field,
        name: as,
        path: as.split('.'),
        spec,
        isStored: spec.drop !== true,
      });
    } else if (others === 'reject') {
      unexpected.push(name);
    } else {
      // The column that chooses the write mode is no data.
      const isStored = others !== 'drop' && !opColumns.has(name);
      const path = typeof others === 'object' ? [others.collect, name] : [name];
      columns.push({ header: name, field, name, path, spec: STRING, isStored });
    }
  }
  if (unexpected.length > 0) throw tooManyNames(dataset, unexpected);
  const missing = Object.keys(declared).filter((name) => !found.has(name));
  checkMissing(dataset, header, columns, missing);
  checkCollisions(dataset, columns);
  return { columns, missing };
}

/** Whether the document says anything of the column's cells: they are then checked, even if nothing needs them. */
export function hasCellRules(spec: ColumnSpec): boolean {
  return Object.keys(spec).some((rule) => !['as', 'aliases', 'drop', 'optional'].includes(rule));
}

/** The declared columns by the names that a header may have for them. */
function declaredNames({ columns, format }: Dataset): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [column, spec] of Object.entries(columns)) {
    for (const name of [column, ...(spec.aliases ?? [])])
      names.set(nameKey(name, format.match_names), column);
  }
  return names;
}

function checkMissing(
  dataset: Dataset,
  header: readonly string[],
  columns: readonly HeaderColumn[],
  missing: readonly string[],
): void {
  const computed = new Set(dataset.attributes.map(({ name }) => name));
  const names = new Set(columns.map(({ name }) => name));
  const { partition, sort } = dataset.key;
  const keys = sort === null ? [partition.name] : [partition.name, sort.name];
  const isMade = (key: string) =>
    dataset.transform !== null ||
    names.has(key) ||
    computed.has(key) ||
    dataset.items.every((item) => item.attributes.some(({ name }) => name === key));
  const missingKeys = keys.filter((key) => !isMade(key));
  if (missingKeys.length > 0)
    throw lacking(
      dataset,
      header,
      'key-column-missing',
      missingKeys.map((key) => headerName(dataset, key)),
    );
  const required = missing.filter((name) => dataset.columns[name]!.optional !== true);
  if (required.length > 0) throw lacking(dataset, header, 'column-missing', required);
}

function headerName({ columns }: Dataset, as: string): string {
  return Object.keys(columns).find((name) => columns[name]!.as === as) ?? as;
}

/** What the resolved document cannot know: names of columns that are not declared. */
function checkCollisions(dataset: Dataset, columns: readonly HeaderColumn[]): void {
  const owners = new Map<string, string>();
  const computed = [...dataset.attributes, ...dataset.items.flatMap(({ attributes }) => attributes)];
  for (const { name } of computed) owners.set(name, `the attribute '${name}' that the dataset computes`);
  const stored = new Map<string, HeaderColumn>();
  for (const column of columns) if (column.isStored) stored.set(pathKey(column.path), column);
  for (const { header, path, isStored, name } of columns) {
    const owner = owners.get(name);
    const isOther = name === header && !Object.hasOwn(dataset.columns, header);
    if (owner !== undefined && (isStored || isOther)) {
      throw collision(`The column '${header}' has the name of ${owner}`, [header]);
    }
    owners.set(name, `the column '${header}'`);
    if (!isStored) continue;
    for (let length = 1; length < path.length; length++) {
      const map = path.slice(0, length).join('.');
      const taken = stored.get(pathKey(path.slice(0, length)));
      if (taken !== undefined)
        throw collision(`The column '${taken.header}' has the name of the map '${map}'`, [taken.header]);
    }
  }
}

function collision(what: string, columns: readonly string[]): SluiceError {
  return new SluiceError(
    'columns-collide',
    `${what}. Rename one in the file, or declare it with another \`as\` or with drop.`,
    {
      data: { columns },
    },
  );
}

/** One text for a path; names may contain any character. */
function pathKey(path: readonly string[]): string {
  return JSON.stringify(path);
}

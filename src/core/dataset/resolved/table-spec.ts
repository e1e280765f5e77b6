import type { TableDocument } from '../schema/table.ts';
import { unlessNone } from './lists.ts';

/** An attribute of a key, and its type as DynamoDB calls it. */
export type KeyAttribute = { readonly name: string; readonly type: 'S' | 'N' | 'B' };

export type Key = { readonly partition: KeyAttribute; readonly sort: KeyAttribute | null };

export type IndexSpec = {
  readonly partition_key: KeyAttribute;
  readonly sort_key: KeyAttribute | null;
  readonly projection: 'all' | 'keys_only' | 'include';
  readonly include: readonly string[];
  readonly local: boolean;
};

export type TableSpec = Omit<
  TableDocument,
  | 'name'
  | 'partition_key'
  | 'existing'
  | 'same_as'
  | 'indexes'
  | 'autoscaling'
  | 'max_read_units'
  | 'max_write_units'
  | 'ttl_attribute'
  | 'kms'
> & {
  readonly name: string;
  readonly partition_key: string;
  /** Name or ARN of a table that the deployment does not create. */
  readonly existing: string | null;
  /** The dataset whose table this is, with all its properties. */
  readonly same_as: string | null;
  readonly indexes: Readonly<Record<string, IndexSpec>>;
  readonly autoscaling: Exclude<TableDocument['autoscaling'], 'none'> | null;
  readonly max_read_units: number | null;
  readonly max_write_units: number | null;
  readonly ttl_attribute: string | null;
  readonly kms: string | null;
};

/** `typeOf`: the type of an attribute, by its name. `ttl`: the attribute that the document computes the time to live in. */
export function tableSpec(
  document: TableDocument,
  name: string,
  typeOf: (attribute: string) => KeyAttribute['type'],
  ttl: string | null,
): TableSpec {
  const attribute = (of: string): KeyAttribute => ({ name: of, type: typeOf(of) });
  const partitionKey = document.partition_key ?? '';
  const indexes = Object.entries(document.indexes).map(([index, spec]) => {
    const { partition_key = partitionKey, sort_key, projection, local } = spec;
    const resolved: IndexSpec = {
      partition_key: attribute(partition_key),
      sort_key: sort_key === undefined ? null : attribute(sort_key),
      projection: Array.isArray(projection) ? 'include' : projection,
      include: Array.isArray(projection) ? projection : [],
      local,
    };
    return [index, resolved] as const;
  });
  return {
    ...document,
    name: document.name ?? name,
    partition_key: partitionKey,
    existing: unlessNone(document.existing),
    same_as: unlessNone(document.same_as),
    indexes: Object.fromEntries(indexes),
    autoscaling: unlessNone(document.autoscaling),
    max_read_units: unlessNone(document.max_read_units),
    max_write_units: unlessNone(document.max_write_units),
    ttl_attribute: unlessNone(document.ttl_attribute) ?? ttl,
    kms: unlessNone(document.kms),
  };
}

export function keyOf(table: TableSpec, typeOf: (attribute: string) => KeyAttribute['type']): Key {
  const { partition_key, sort_key } = table;
  return {
    partition: { name: partition_key, type: typeOf(partition_key) },
    sort: sort_key === undefined ? null : { name: sort_key, type: typeOf(sort_key) },
  };
}

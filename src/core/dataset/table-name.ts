import type { TableSpec } from './resolved/table-spec.ts';

/** The name (or ARN) under which requests name a dataset's table. `prefix` stands before the names of tables that the deployment creates. */
export function tableName({ existing, name }: Pick<TableSpec, 'existing' | 'name'>, prefix: string): string {
  return existing ?? `${prefix}${name}`;
}

import type { Dataset } from '../src/core/dataset/dataset.ts';
import type { TableShape } from '../src/core/dataset/table-shape.ts';

/** A table that is as its dataset declares it. */
export async function tableAsDeclared({ key, table }: Dataset): Promise<TableShape> {
  const indexes = Object.entries(table.indexes).map(
    ([name, { partition_key, sort_key }]) => [name, { partition: partition_key, sort: sort_key }] as const,
  );
  return { key, indexes: Object.fromEntries(indexes) };
}

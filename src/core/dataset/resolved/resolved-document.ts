import type { Format } from '../../csv/format.ts';
import type { ColumnSpec } from '../../types/column-spec.ts';
import type { DatasetDocument } from '../schema/document.ts';
import { type AttributeSpec, attributeSpecs } from './attribute-spec.ts';
import { cellSpecs, keyTypeOf } from './attribute-type.ts';
import { columnSpec } from './cell-spec.ts';
import { formatSpec } from './format-spec.ts';
import { type ItemSpec, itemSpecs } from './item-spec.ts';
import { listOf, unlessNone } from './lists.ts';
import { type Key, keyOf, type TableSpec, tableSpec } from './table-spec.ts';
import { type WriteSpec, writeSpec } from './write-spec.ts';

/** A document with all defaults, in one shape, and the values that follow from it. */
export type ResolvedDocument = {
  readonly name: string;
  readonly source: {
    readonly prefix: string;
    readonly suffix: readonly string[];
    /** Of the suffix. */
    readonly ignore_case: boolean;
  };
  readonly expect: { readonly every: string } | null;
  readonly format: Format;
  /** By the name in the header. */
  readonly columns: Readonly<Record<string, ColumnSpec>>;
  readonly other_columns: DatasetDocument['other_columns'];
  readonly where: string | null;
  /** `code`: the text of the bundled module. */
  readonly transform: { readonly path: string; readonly code: string } | null;
  /** Each behind those that it refers to. */
  readonly attributes: readonly AttributeSpec[];
  /** At least one. */
  readonly items: readonly ItemSpec[];
  readonly write: WriteSpec;
  readonly load: Omit<DatasetDocument['load'], 'max_rejects'> & { readonly max_rejects?: number };
  readonly key: Key;
  readonly table: TableSpec;
};

/** `code`: the text of the bundled `transform`, if the document has one. */
export function resolvedDocument(name: string, document: DatasetDocument, code: string): ResolvedDocument {
  const { source, expect, other_columns, where, transform, load } = document;
  const { max_rejects, ...limits } = load;
  const columns = Object.fromEntries(
    Object.entries(document.columns).map(([column, spec]) => [column, columnSpec(spec)]),
  );
  const attributes = attributeSpecs(document.attributes);
  const write = writeSpec(document.write);
  const items = itemSpecs(document.items, write);
  const computed = [...attributes, ...items.flatMap((item) => item.attributes)];
  const specs = cellSpecs(columns, computed);
  const formatOfCells = formatSpec(document.format);
  const typeOf = (attribute: string) => keyTypeOf(specs.get(attribute) ?? {}, formatOfCells);
  const ttl = computed.find((attribute) => 'ttl' in attribute)?.name ?? null;
  const table = tableSpec(document.table, name, typeOf, ttl);
  return {
    name,
    source: { ...source, suffix: listOf(source.suffix) },
    expect: unlessNone(expect),
    format: formatOfCells,
    columns,
    other_columns,
    where: where ?? null,
    transform: transform === undefined ? null : { path: transform, code },
    attributes,
    items,
    write,
    load: { ...limits, ...(max_rejects === 'none' ? {} : { max_rejects }) },
    key: keyOf(table, typeOf),
    table,
  };
}

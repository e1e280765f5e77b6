import type { Format } from '../../csv/format.ts';
import { tagOf } from '../../types/check-spec.ts';
import type { CellSpec, ColumnSpec } from '../../types/column-spec.ts';
import type { AttributeSpec } from './attribute-spec.ts';
import type { KeyAttribute } from './table-spec.ts';

/** The attributes of a dataset that the document knows, by name: columns by `as`, and computed ones. */
export function cellSpecs(
  columns: Readonly<Record<string, ColumnSpec>>,
  attributes: readonly AttributeSpec[],
): ReadonlyMap<string, CellSpec> {
  const specs = new Map<string, CellSpec>(
    Object.entries(columns).map(([name, spec]) => [spec.as ?? name, spec]),
  );
  for (const attribute of attributes) {
    const alone = 'ttl' in attribute ? null : /^\$\{\s*([^|}$]+?)\s*\}$/.exec(attribute.template)?.[1];
    if ('ttl' in attribute) specs.set(attribute.name, { type: 'number' });
    else if (attribute.type !== undefined) specs.set(attribute.name, attribute);
    else specs.set(attribute.name, specs.get(alone ?? '') ?? {});
  }
  return specs;
}

/** The type that DynamoDB has for the values, where they are part of a key. */
export function keyTypeOf(spec: CellSpec, format: Format): KeyAttribute['type'] {
  const tag = tagOf(spec, format);
  return tag === 'N' || tag === 'B' ? tag : 'S';
}

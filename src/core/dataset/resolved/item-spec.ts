import type { ItemDocument } from '../schema/document.ts';
import { type AttributeSpec, attributeSpecs } from './attribute-spec.ts';
import { listOf } from './lists.ts';
import { type WriteSpec, writeSpec } from './write-spec.ts';

/** One of the items that a row makes. */
export type ItemSpec = {
  /** Empty for the only item of a dataset that names none. */
  readonly name: string;
  readonly where: string | null;
  /** The only attributes of the row that the item gets; null: all. */
  readonly include: readonly string[] | null;
  readonly exclude: readonly string[];
  readonly attributes: readonly AttributeSpec[];
  readonly write: WriteSpec;
};

export function itemSpecs(
  document: Readonly<Record<string, ItemDocument>>,
  write: WriteSpec,
): readonly ItemSpec[] {
  const items = Object.entries(document).map(([name, item]) => ({
    name,
    where: item.where ?? null,
    include: item.include === undefined ? null : listOf(item.include),
    exclude: item.exclude === undefined ? [] : listOf(item.exclude),
    attributes: attributeSpecs(item.attributes),
    write: writeSpec(item.write ?? {}, write),
  }));
  return items.length > 0
    ? items
    : [{ name: '', where: null, include: null, exclude: [], attributes: [], write }];
}

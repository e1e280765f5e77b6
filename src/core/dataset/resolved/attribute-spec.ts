import { templateNames } from '../../expressions/template/template.ts';
import type { CellSpec } from '../../types/column-spec.ts';
import type { AttributeDocument } from '../schema/columns.ts';
import { cellSpec } from './cell-spec.ts';

/** A computed attribute of an item. With `type`, the template's text is read like a cell. */
export type AttributeSpec = TemplateAttribute | TtlAttribute;

export type TemplateAttribute = CellSpec & { readonly name: string; readonly template: string };

/** The time to live: so long (`90d`) after the date or datetime of that name; null: at it. */
export type TtlAttribute = { readonly name: string; readonly ttl: string; readonly after: string | null };

/**
 * The attributes of a document, each behind those that it refers to, otherwise in the document's order. Attributes that refer to
 * each other in a circle come last.
 */
export function attributeSpecs(
  document: Readonly<Record<string, AttributeDocument>>,
): readonly AttributeSpec[] {
  const specs = Object.entries(document).map(([name, value]) => attributeSpec(name, value));
  const names = new Set(specs.map(({ name }) => name));
  const placed = new Set<string>();
  const ordered: AttributeSpec[] = [];
  let waiting = specs.map((spec) => ({ spec, needs: referredAttributes(spec, names) }));
  for (;;) {
    const next = waiting.filter(({ needs }) => needs.every((name) => placed.has(name)));
    if (next.length === 0) return [...ordered, ...waiting.map(({ spec }) => spec)];
    for (const { spec } of next) placed.add(spec.name);
    ordered.push(...next.map(({ spec }) => spec));
    waiting = waiting.filter(({ spec }) => !placed.has(spec.name));
  }
}

/** Those of the names that an attribute is computed from: `${address.street | upper}` refers to `address.street`, or to a part of `address`. */
export function referredAttributes(spec: AttributeSpec, names: ReadonlySet<string>): readonly string[] {
  const paths = 'ttl' in spec ? [spec.ttl] : templateNames(spec.template);
  return paths.flatMap((path) => {
    for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
      const name = path.slice(0, end);
      if (names.has(name)) return [name];
    }
    return [];
  });
}

function attributeSpec(name: string, document: AttributeDocument): AttributeSpec {
  if (typeof document === 'string') return { name, template: document };
  const { value, ttl, after, ...cell } = document;
  if (ttl !== undefined) return { name, ttl, after: after ?? null };
  const spec = cellSpec(cell);
  const isRead = spec.type === undefined && Object.keys(spec).length > 0;
  return { name, template: value ?? '', ...(isRead ? { type: 'string' } : {}), ...spec };
}

import type { Dataset } from '../../dataset/dataset.ts';
import type { ItemSpec } from '../../dataset/resolved/item-spec.ts';
import type { Attribute } from '../attributes/compile-attributes.ts';
import type { Condition } from '../conditions/compile-condition.ts';
import type { HeaderMatch } from '../header/match-header.ts';
import { MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES } from '../item.ts';
import type { IndexKeyRule, ItemRule, KeyRule, PlanChoice, Plans } from '../items/item-rule.ts';
import { compileLayout, type LayoutEntry, type LayoutNode, valueNode } from '../items/layout.ts';
import { TAGS } from '../values/values.ts';
import type { Slots } from './slots.ts';

/** Compiles one item of a dataset's rows. `own`: the slots of the attributes that only this item has; `steps` compute them. */
export function compileItem(options: {
  dataset: Dataset;
  match: HeaderMatch;
  item: ItemSpec;
  slots: Slots;
  steps: readonly Attribute[];
  attributes: readonly Attribute[];
  plans: Plans;
  own: ReadonlyMap<string, number>;
  /** Compiled before the item's own attributes have slots: it does not see them. */
  where: Condition | null;
}): ItemRule {
  const { dataset, match, item, slots, steps, attributes, plans, own } = options;
  const keys = keyRules();
  const keyNames = new Set(keys.map(({ node }) => node.name));
  const others = [...compileLayout(entries())];
  const { newer_by } = item.write;
  const newerBy =
    newer_by === null ? null : (nodeOf(newer_by) ?? valueNode(newer_by, slots.slotOf(newer_by)));
  return {
    name: item.name,
    where: options.where,
    attributes: steps,
    keys,
    keyNodes: keys.map(({ node }) => node),
    others,
    newerBy,
    indexKeys: indexKeyRules(),
    choice: planChoice(),
    takes: (name) => isTaken(name),
  };

  function nodeOf(name: string): LayoutNode | undefined {
    return [...keys.map(({ node }) => node), ...others].find((node) => node.name === name);
  }

  function keyRules(): KeyRule[] {
    const { partition, sort } = dataset.key;
    const rules = [{ ...partition, kind: 'a partition key', maxBytes: MAX_PARTITION_KEY_BYTES }];
    if (sort !== null) rules.push({ ...sort, kind: 'a sort key', maxBytes: MAX_SORT_KEY_BYTES });
    return rules.map(({ name, type, kind, maxBytes }) => {
      const node = valueNode(name, slots.slotOf(name));
      const attribute = [...attributes, ...steps].findLast(({ slot }) => slot === node.slot) ?? null;
      return { node, type, tag: TAGS[type], kind, maxBytes, attribute };
    });
  }

  /** Columns in the file's order, then the dataset's attributes, then the item's own. */
  function entries(): LayoutEntry[] {
    const found: LayoutEntry[] = [];
    for (const { name, path, isStored } of match.columns) {
      const isOther = own.has(path[0]!) || keyNames.has(name);
      if (isStored && !isOther && isTaken(name, path[0])) found.push({ path, slot: slots.known(name)! });
    }
    for (const { name } of dataset.attributes) {
      if (own.has(name) || keyNames.has(name) || !isTaken(name)) continue;
      found.push({ path: [name], slot: slots.known(name)! });
    }
    for (const [name, slot] of own) if (!keyNames.has(name)) found.push({ path: [name], slot });
    return found;
  }

  function isTaken(name: string, map = name): boolean {
    const { include, exclude, write } = item;
    if (name === write.newer_by) return true;
    if (exclude.includes(name) || exclude.includes(map)) return false;
    return include === null || include.includes(name) || include.includes(map);
  }

  function indexKeyRules(): IndexKeyRule[] {
    return Object.entries(dataset.table.indexes).flatMap(([index, { partition_key, sort_key }]) =>
      [
        { key: partition_key, maxBytes: MAX_PARTITION_KEY_BYTES },
        ...(sort_key === null ? [] : [{ key: sort_key, maxBytes: MAX_SORT_KEY_BYTES }]),
      ].flatMap(({ key: { name, type }, maxBytes }) => {
        const node = nodeOf(name);
        return node === undefined || node.slot < 0 || keyNames.has(name)
          ? []
          : [{ name, slot: node.slot, type, index, maxBytes }];
      }),
    );
  }

  function planChoice(): PlanChoice {
    const { mode, op_column, ops, newer_by: newer } = item.write;
    if (op_column === null) return { plan: plans.indexOf({ kind: mode, newerBy: newer }) };
    const chosen = Object.entries(ops ?? {}).map(
      ([word, kind]) => [word, plans.indexOf({ kind, newerBy: newer })] as const,
    );
    return { column: op_column, slot: slots.slotOf(op_column), plans: new Map(chosen) };
  }
}

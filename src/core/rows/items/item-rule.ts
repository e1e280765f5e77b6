import type { WritePlan } from '../../write-plan.ts';
import type { Attribute } from '../attributes/compile-attributes.ts';
import type { Condition } from '../conditions/compile-condition.ts';
import type { TagName } from '../values/values.ts';
import type { LayoutNode } from './layout.ts';

/** One of the items that a row makes, compiled. */
export type ItemRule = {
  readonly name: string;
  /** null: every row makes it. */
  readonly where: Condition | null;
  readonly attributes: readonly Attribute[];
  readonly keys: readonly KeyRule[];
  /** The keys' nodes. */
  readonly keyNodes: readonly LayoutNode[];
  /** The attributes after those of the key. A transform adds those that it makes. */
  readonly others: LayoutNode[];
  /** Whether an attribute of the row belongs to the item. */
  takes(name: string): boolean;
  /** The attribute by which items replace older ones; with the key, what a delete has. */
  readonly newerBy: LayoutNode | null;
  readonly indexKeys: readonly IndexKeyRule[];
  readonly choice: PlanChoice;
};

export type KeyRule = {
  readonly node: LayoutNode;
  readonly type: 'S' | 'N' | 'B';
  readonly tag: number;
  readonly kind: string;
  readonly maxBytes: number;
  /** The computed attribute, of which a part may be missing. */
  readonly attribute: Attribute | null;
};

/** An attribute that is a key of an index: it may be missing, and has the index's type. */
export type IndexKeyRule = {
  readonly name: string;
  readonly slot: number;
  readonly type: TagName;
  readonly index: string;
  readonly maxBytes: number;
};

/** How the item is written: always in one way, or as a column says. */
export type PlanChoice =
  | { readonly plan: number }
  | { readonly column: string; readonly slot: number; readonly plans: ReadonlyMap<string, number> };

export type Plans = {
  /** The number of a plan; equal plans have one. */
  indexOf(plan: WritePlan): number;
  readonly list: readonly WritePlan[];
};

export function createPlans(): Plans {
  const list: WritePlan[] = [];
  return {
    list,
    indexOf(plan) {
      const known = list.findIndex(({ kind, newerBy }) => kind === plan.kind && newerBy === plan.newerBy);
      return known >= 0 ? known : list.push(plan) - 1;
    },
  };
}

import type { ASTNode } from '@marcbachmann/cel-js';

/**
 * The nodes of a parsed expression. The library has no visitor, and its declarations leave out what a node was expanded to: these are
 * the parts of version 8.0.0 that the functions below use. `test/core/expressions/where.test.ts` fails if a newer one differs.
 */
export type Node = Pick<ASTNode, 'start' | 'end' | 'input'> & {
  op: string;
  args: unknown;
  checkedType?: { readonly name: string; readonly kind: string; readonly unwrappedType: CelType };
  readonly meta: { readonly check: unknown; readonly evaluate: unknown; alternate?: Node; macro?: Macro };
  clone(op: { name: string; check: unknown; evaluate: unknown }, args: unknown): Node;
  setMeta(key: string, value: unknown): Node;
};

export type CelType = {
  readonly name: string;
  readonly kind: string;
  readonly valueType?: { readonly unwrappedType: CelType };
};

type Macro = { readonly args?: readonly Node[]; readonly var?: string };
type Comprehension = { readonly iterable: Node; readonly iterVarName: string; readonly step: Node };

/** Where a node stands: variables of macros around it, and the depth of such macros. */
export type Place = { readonly bound: readonly string[]; readonly depth: number };

const TOP: Place = { bound: [], depth: 0 };

/** Calls `visit` for every node, outer ones first. A node for which it returns true has been dealt with, with all below it. */
export function visitNodes(root: Node, visit: (node: Node, place: Place) => boolean): void {
  walk(root, TOP);

  function walk(node: Node, place: Place): void {
    if (visit(node, place)) return;
    const { alternate, macro } = node.meta;
    if (alternate !== undefined) return walk(alternate, place);
    if (macro !== undefined) {
      for (const each of macro.args ?? []) walk(each, place);
      return;
    }
    if (node.op === 'comprehension') {
      const { iterable, iterVarName, step } = node.args as Comprehension;
      walk(iterable, place);
      walk(step, { bound: [...place.bound, iterVarName], depth: place.depth + 1 });
      return;
    }
    for (const each of childrenOf(node.args)) walk(each, place);
  }
}

function childrenOf(args: unknown): readonly Node[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return isNode(args) ? [args] : [];
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

/** `a.b.c` as its names and the node of each prefix (the shortest first); null: the node is something else. */
export function pathOf(node: Node): { names: string[]; nodes: Node[] } | null {
  if (node.op === 'id') return { names: [node.args as string], nodes: [node] };
  if (node.op !== '.') return null;
  const [left, name] = node.args as [Node, string];
  const path = pathOf(left);
  return path === null ? null : { names: [...path.names, name], nodes: [...path.nodes, node] };
}

import type { ExpressionProblem } from '../template/template.ts';
import { type CelType, type Node, visitNodes } from './ast.ts';

const NUMBERS = new Set(['Number', 'int', 'uint', 'double']);

/**
 * What the library's check lets pass: a condition that is no boolean, and `==` and `in` between types of which no values are equal.
 * They would be false for every row, without a word. null: nothing is wrong.
 */
export function checkTypes(root: Node, type: string): ExpressionProblem | null {
  if (!['bool', 'dyn<bool>', 'dyn'].includes(type)) {
    return { text: `is ${shown(type)}, neither true nor false`, at: root.start, suggestion: null };
  }
  let problem: ExpressionProblem | null = null;
  visitNodes(root, (node) => {
    if (problem === null) problem = checkNode(node);
    return problem !== null;
  });
  return problem;
}

function checkNode(node: Node): ExpressionProblem | null {
  if (!['==', '!=', 'in'].includes(node.op)) return null;
  const [left, right] = (node.args as [Node, Node]).map(typeOf) as [CelType | null, CelType | null];
  if (left === null || right === null) return null;
  const element =
    node.op !== 'in' ? right : right.kind === 'list' ? (right.valueType?.unwrappedType ?? null) : null;
  if (node.op !== 'in' && [left, right].some(({ kind }) => kind === 'list' || kind === 'map')) {
    return fault(node, `compares whole lists or maps; compare their elements`);
  }
  if (element === null || areComparable(left, element)) return null;
  return fault(node, `compares ${shown(left.name)} with ${shown(element.name)}, which are never equal`);
}

function areComparable(a: CelType, b: CelType): boolean {
  if ([a, b].some(({ kind, name }) => kind === 'dyn' || kind === 'param' || name === 'null')) return true;
  return a.name === b.name || (NUMBERS.has(a.name) && NUMBERS.has(b.name));
}

function typeOf(node: Node): CelType | null {
  return (node.meta.alternate ?? node).checkedType?.unwrappedType ?? null;
}

function fault(node: Node, text: string): ExpressionProblem {
  return { text, at: node.start, suggestion: null };
}

function shown(type: string): string {
  const name = type.replaceAll(/dyn<([^<>]*)>/g, '$1');
  return (
    { Number: 'a number', int: 'a number', double: 'a number', string: 'a text', bool: 'a boolean' }[name] ??
    `a ${name}`
  );
}

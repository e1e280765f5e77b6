import type { Libraries } from '../../libraries.ts';
import { nearestName, type Scope, type ValueKind } from '../scope.ts';
import { linearPattern } from '../../types/patterns/linear-pattern.ts';
import type { ExpressionProblem } from '../template/template.ts';
import { isNode, type Node, pathOf, visitNodes } from './ast.ts';
import { checkTypes } from './check-types.ts';
import { isExactLiteral } from './decimal.ts';
import { suggestFunction, suggestOperator } from './suggest.ts';
import { syntaxError } from './syntax-error.ts';
import { celType, createEnvironment, LINEAR_MATCHES } from './environment.ts';

/** A condition in CEL, compiled and type-checked. */
export type Where = {
  /** The names that it reads, and what it sees of them. */
  readonly reads: ReadonlyMap<string, ValueKind>;
  /** `values`: by those names; null (a list: empty) for what is missing. Throws an Error that says why it has no answer. */
  test(values: Readonly<Record<string, unknown>>): boolean;
};

const MOST_CONCATENATIONS = 20;

/** Compiles a condition; a problem is returned, with its place. Needs `libraries.cel`. */
export function compileWhere(
  expression: string,
  scope: Scope,
  libraries: Libraries,
): Where | ExpressionProblem {
  if (libraries.cel === null) throw new Error('A condition was compiled without its library.');
  const patterns = new Map<string, (text: string) => boolean>();
  const environment = createEnvironment(libraries.cel, (text, pattern) => patterns.get(pattern)!(text));
  try {
    const parsed = environment.parse(expression);
    const root = parsed.ast as unknown as Node;
    const reads = new Map<string, ValueKind>();
    const problem = prepare(root, scope, reads, (pattern) => {
      patterns.set(pattern, linearPattern(pattern));
    });
    if (problem !== null) return problem;
    for (const [name, kind] of reads) environment.registerVariable(name, celType(kind));
    const checked = parsed.check();
    if (!checked.valid) return problemOf(checked.error, expression, scope);
    const wrong = checkTypes(root, checked.type ?? 'dyn');
    if (wrong !== null) return wrong;
    return { reads, test };

    function test(values: Readonly<Record<string, unknown>>): boolean {
      let result: unknown;
      try {
        result = parsed(values);
      } catch (error) {
        throw new Error(reasonOf(error), { cause: error });
      }
      if (typeof result === 'boolean') return result;
      throw new Error('the condition is null, neither true nor false');
    }
  } catch (error) {
    return problemOf(error, expression, scope);
  }
}

export function isWhere(result: Where | ExpressionProblem): result is Where {
  return 'test' in result;
}

/** What is wrong with a condition; null: nothing. */
export function checkWhere(expression: string, scope: Scope, libraries: Libraries): ExpressionProblem | null {
  const result = compileWhere(expression, scope, libraries);
  return isWhere(result) ? null : result;
}

/** Finds the names that the expression reads, and changes what the library would do wrong. */
function prepare(
  root: Node,
  scope: Scope,
  reads: Map<string, ValueKind>,
  addPattern: (pattern: string) => void,
): ExpressionProblem | null {
  let problem: ExpressionProblem | null = null;
  let concatenations = 0;
  visitNodes(root, (node, { bound, depth }) => {
    if (problem !== null) return true;
    if (depth > 1) problem = at(node, 'has a macro (all, exists, map …) inside another one');
    if (node.meta.macro !== undefined && node.meta.macro.args === undefined) {
      problem = at(node, 'uses cel.bind, which is not supported');
    }
    if (node.op === '+' && ++concatenations > MOST_CONCATENATIONS) {
      problem = at(node, `has more than ${MOST_CONCATENATIONS} additions`);
    }
    if (node.op === 'value' && typeof node.args === 'number') {
      const written = node.input.slice(node.start, node.end);
      if (!isExactLiteral(written, node.args)) {
        problem = at(
          node,
          `has the number ${written}, which cannot be compared exactly; write at most 15 digits`,
        );
      }
    }
    if (node.op === 'rcall') problem ??= replaceMatches(node, addPattern);
    return problem !== null || readPath(node, bound);
  });
  return problem;

  function readPath(node: Node, bound: readonly string[]): boolean {
    const path = pathOf(node);
    if (path === null) return false;
    if (bound.includes(path.names[0]!) || path.names[0] === 'google') return true;
    for (let length = path.names.length; length > 0; length--) {
      const name = path.names.slice(0, length).join('.');
      const kind = scope.names.get(name);
      if (kind === undefined) continue;
      reads.set(name, kind);
      if (length > 1) readAs(path.nodes, length, name);
      return true;
    }
    const name = path.names[0]!;
    if (scope.others !== 'none') reads.set(name, scope.others);
    else problem = unknown(node, path.names.join('.'), scope);
    return true;
  }
}

/** Lets `address.zip` be the variable of that name. */
function readAs(nodes: readonly Node[], length: number, name: string): void {
  const variable = nodes[0]!;
  const { check, evaluate } = variable.meta;
  const node = nodes[length - 1]!;
  node.setMeta('alternate', node.clone({ name: 'id', check, evaluate }, name));
}

function replaceMatches(node: Node, addPattern: (pattern: string) => void): ExpressionProblem | null {
  const args = node.args as [string, Node, Node[]];
  if (args[0] !== 'matches') return null;
  const pattern = args[2][0];
  if (!isNode(pattern) || pattern.op !== 'value' || typeof pattern.args !== 'string') {
    return at(node, 'has matches() without a pattern that is written there as a text');
  }
  try {
    addPattern(pattern.args);
  } catch (error) {
    return at(pattern, `has a pattern that is not valid: ${(error as Error).message}`);
  }
  args[0] = LINEAR_MATCHES;
  return null;
}

function unknown(node: Node, name: string, scope: Scope): ExpressionProblem {
  return {
    text: `refers to '${name}', which is no attribute`,
    at: node.start,
    suggestion: nearestName(scope, name),
  };
}

function at(node: Node, text: string): ExpressionProblem {
  return { text, at: node.start, suggestion: null };
}

function problemOf(error: unknown, expression: string, scope: Scope): ExpressionProblem {
  const { summary, range, code } = error as { summary?: string; range?: { start: number }; code?: string };
  const text = summary ?? (error as Error).message;
  const start = range?.start ?? 0;
  const name = /^Unknown variable: (.*)$/.exec(text)?.[1];
  const called = /'(?:[^'(]*\.)?(\w+)\(/.exec(text)?.[1];
  const suggestion =
    name !== undefined
      ? nearestName(scope, name)
      : code === 'no_matching_overload' && called !== undefined
        ? suggestFunction(called)
        : suggestOperator(expression, start);
  return { text: `is not valid: ${syntaxError(plain(text), expression, start)}`, at: start, suggestion };
}

function reasonOf(error: unknown): string {
  const text = plain((error as { summary?: string }).summary ?? (error as Error).message);
  const isNull = /\bnull\b/.test(text);
  return isNull ? `${text} (a value is null: test it with != null first)` : text;
}

/** Without what only the library knows: `dyn<null>` is null. */
function plain(text: string): string {
  return text
    .replaceAll(/dyn<((?:[^<>]|<[^<>]*>)*)>/g, '$1')
    .replaceAll('google.protobuf.Timestamp', 'timestamp')
    .replaceAll(LINEAR_MATCHES, 'matches');
}

import type { Environment } from '@marcbachmann/cel-js';
import type { Libraries } from '../../libraries.ts';
import type { ValueKind } from '../scope.ts';
import { type Comparable, compareNumbers, Decimal } from './decimal.ts';

/** How conditions call `matches`: the library's own needs exponential time for some patterns. */
export const LINEAR_MATCHES = 'linearMatches';

/** What an expression may have at most. Its cost for a row is bounded by them and by what it reads (`cell-values.ts`). */
const LIMITS = {
  maxAstNodes: 500,
  maxDepth: 50,
  maxListElements: 500,
  maxMapEntries: 20,
  maxCallArguments: 8,
};

/** CEL's types, by kind. `dyn<string>` is a string or null. A list is never null: what is missing is an empty one. */
const CEL_TYPES: Readonly<Record<ValueKind, string>> = {
  string: 'dyn<string>',
  number: 'dyn<Number>',
  boolean: 'dyn<bool>',
  instant: 'dyn<google.protobuf.Timestamp>',
  strings: 'list<string>',
  numbers: 'list<Number>',
  list: 'list<dyn>',
  any: 'dyn',
};

export function celType(kind: ValueKind): string {
  return CEL_TYPES[kind];
}

/** An environment in which numbers of columns compare exactly with each other and with literals. */
export function createEnvironment(
  cel: NonNullable<Libraries['cel']>,
  matches: (text: string, pattern: string) => boolean,
): Environment {
  const environment = new cel.Environment({ limits: LIMITS });
  environment.registerType('Number', Decimal);
  const literals = ['int', 'double'];
  for (const [op, holds] of Object.entries(COMPARISONS)) {
    environment.registerOperator(`Number ${op} Number`, holds);
    for (const type of literals) {
      environment.registerOperator(`Number ${op} ${type}`, holds);
      environment.registerOperator(`${type} ${op} Number`, holds);
    }
  }
  for (const type of ['Number', ...literals]) {
    environment.registerOperator(`Number == ${type}`, isSame);
    environment.registerOperator(`dyn<Number> in list<${type}>`, isIn);
    if (type !== 'Number') environment.registerOperator(`dyn<${type}> in list<Number>`, isIn);
  }
  environment.registerFunction(`string.${LINEAR_MATCHES}(string): bool`, matches, { async: false });
  return environment;
}

const COMPARISONS = {
  '<': (a: Comparable, b: Comparable) => compareNumbers(a, b) < 0,
  '<=': (a: Comparable, b: Comparable) => compareNumbers(a, b) <= 0,
  '>': (a: Comparable, b: Comparable) => compareNumbers(a, b) > 0,
  '>=': (a: Comparable, b: Comparable) => compareNumbers(a, b) >= 0,
};

function isSame(a: Comparable, b: Comparable): boolean {
  return compareNumbers(a, b) === 0;
}

function isIn(value: Comparable, list: Iterable<Comparable>): boolean {
  for (const each of list) if (isSame(value, each)) return true;
  return false;
}

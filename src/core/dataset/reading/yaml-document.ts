import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  type YAMLError,
} from 'yaml';
import type * as z from 'zod';
import { type Problem, shown } from './problem.ts';
import { kindsOf, schemaOfEntry } from './schema-place.ts';

/** Much more than 100 datasets of 1,000 columns need, and little enough to be read fast. */
const MOST_CHARACTERS = 200_000;
/** Deeper than any schema; a reader that recurses must not run out of stack. */
const MOST_LEVELS = 32;

export type Position = { readonly line: number; readonly column: number };

export type YamlDocument = {
  readonly value: unknown;
  /** Where the problem is in the text. For a missing field: where its map begins. */
  locate(problem: Pick<Problem, 'path' | 'at' | 'offset'>): Position;
};

export type YamlProblem = Position & Pick<Problem, 'path' | 'text'>;

/**
 * Reads a document of one YAML map as the schema wants it: where a text is expected, it is the text as it is written (`no`, `0012`,
 * `NULL`), and names always are. Of YAML it takes maps, lists and scalars, so that a document says what it seems to: no anchors,
 * aliases, tags and directives. Answers the document or all that is wrong with the YAML.
 */
export function readYaml(text: string, schema: z.ZodType): YamlDocument | readonly YamlProblem[] {
  if (text.length > MOST_CHARACTERS) {
    return [problemAt(1, 1, `is too long: ${text.length} characters, of at most ${MOST_CHARACTERS}`)];
  }
  const nested = tooDeep(text);
  if (nested !== null) return [nested];
  const lines = new LineCounter();
  // Its own check for repeated names compares each with each.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document.errors.length > 0) {
    const [first] = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
    return [
      { ...at(first!.pos[0]), path: [], text: SYNTAX[first!.code] ?? `is not YAML (${first!.message})` },
    ];
  }
  if (document.directives?.yaml.explicit === true) {
    return [problemAt(1, 1, 'has a %YAML directive, which changes what words mean; remove it')];
  }
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    return [problemAt(1, 1, 'is empty; a dataset needs at least source.prefix and table.partition_key')];
  }
  const reading = createReading(at);
  const value = reading.valueOf(contents, schema, []);
  if (reading.problems.length > 0) return reading.problems;
  return { value, locate: reading.locate };
}

/** Turns nodes into values, and records the position of each. */
function createReading(at: (offset: number) => Position) {
  const problems: YamlProblem[] = [];
  const names = new Map<string, Position>();
  const values = new Map<string, Position>();
  const scalars = new Set<string>();
  /** Where the texts begin that stand in the document as they are: on one line, without escapes. */
  const texts = new Map<string, Position>();
  return { problems, valueOf, locate };

  function locate({ path, at: where, offset = 0 }: Pick<Problem, 'path' | 'at' | 'offset'>): Position {
    const start = offset === 0 ? undefined : texts.get(keyOf(path));
    if (start !== undefined) return { ...start, column: start.column + offset };
    for (let length = path.length; length >= 0; length--) {
      const key = keyOf(path.slice(0, length));
      const isWhole = length === path.length;
      // A value that stands for a map or a list, such as `age: number`.
      const isShort = where === 'value' && scalars.has(key);
      const found = (where === 'value' && (isWhole || isShort) ? values : names).get(key) ?? values.get(key);
      if (found !== undefined) return found;
    }
    return { line: 1, column: 1 };
  }

  function valueOf(node: Node | null, schema: z.ZodType | null, path: readonly string[]): unknown {
    if (node === null) return null;
    const position = at(node.range?.[0] ?? 0);
    values.set(keyOf(path), position);
    if (isScalar(node)) {
      scalars.add(keyOf(path));
      if (isVerbatim(node)) texts.set(keyOf(path), { ...position, column: position.column + quotesOf(node) });
    }
    const refused = refusal(node);
    if (refused !== null) {
      problems.push({ ...position, path, text: refused });
      return null;
    }
    if (isMap(node)) return mapOf(node.items as Pair<Node, Node | null>[], schema, path);
    if (isSeq(node)) {
      return node.items.map((item, index) =>
        valueOf(item as Node | null, schema && schemaOfEntry(schema, String(index)), [
          ...path,
          String(index),
        ]),
      );
    }
    return isScalar(node) ? scalarOf(node, schema) : null;
  }

  function mapOf(
    pairs: readonly Pair<Node, Node | null>[],
    schema: z.ZodType | null,
    path: readonly string[],
  ): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (const { key, value } of pairs) {
      const position = at(key.range?.[0] ?? 0);
      const name = isScalar(key) && refusal(key) === null ? textOf(key) : null;
      const wrong =
        name === null ? 'a name is a text, not a list, map, anchor, alias or tag' : nameProblem(name, map);
      if (name === null || wrong !== null) {
        problems.push({ ...position, path: name === null ? path : [...path, name], text: wrong! });
        continue;
      }
      const inner = [...path, name];
      names.set(keyOf(inner), position);
      map[name] = valueOf(value, schema && schemaOfEntry(schema, name), inner);
    }
    return map;
  }
}

function nameProblem(name: string, map: Readonly<Record<string, unknown>>): string | null {
  if (Object.hasOwn(map, name)) return `${shown(name)} occurs twice in the same map; remove one of them`;
  // In JavaScript's objects it is not a name like others.
  return name === '__proto__' ? `'__proto__' cannot be a name` : null;
}

function scalarOf(node: Scalar, schema: z.ZodType | null): unknown {
  const { value } = node;
  const isWritten = node.source !== undefined && node.source !== '';
  if (value === null && !isWritten) return null;
  const kinds: ReadonlySet<unknown> = schema === null ? new Set() : kindsOf(schema);
  if (typeof value === 'string' || kinds.has(typeof value) || kinds.size === 0) return value;
  return textOf(node);
}

function isVerbatim({ type, value, range, source }: Scalar): boolean {
  if (typeof value !== 'string' || range === null || range === undefined) return false;
  const isFlow = type === Scalar.PLAIN || type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE;
  return isFlow && source === value && range[1] - range[0] === value.length + (type === Scalar.PLAIN ? 0 : 2);
}

function quotesOf({ type }: Scalar): number {
  return type === Scalar.PLAIN ? 0 : 1;
}

/** The text as it is written, not the value that YAML reads. */
function textOf(node: Scalar): string {
  return node.type === Scalar.PLAIN ? (node.source ?? '') : String(node.value);
}

function refusal(node: Node): string | null {
  if (isAlias(node)) return `'*${node.source}' is an alias, which datasets do not use; write the value out`;
  if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) {
    return `'&${node.anchor}' is an anchor, which datasets do not use; remove it`;
  }
  return node.tag === undefined ? null : `${shown(node.tag)} is a tag, which datasets do not use; remove it`;
}

/** Plain messages for frequent errors of the YAML library. */
const SYNTAX: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  TAB_AS_INDENT: 'a tab indents this line; YAML allows spaces only',
  MULTIPLE_DOCS: 'a second document begins here (---); a file holds one dataset',
  BLOCK_AS_IMPLICIT_KEY:
    'a value contains ": " or continues on the next line; put it in quotes, or check the indentation',
  BAD_INDENT: 'the indentation is not right, or a bracket is not closed',
  MISSING_CHAR: 'a quote, bracket or comma is missing before this',
  BAD_SCALAR_START: 'a text must not begin with this character; put it in quotes',
};

/** Brackets that are open at once, at most as deep as they seem: those in texts are counted too. */
function tooDeep(text: string): YamlProblem | null {
  let depth = 0;
  let line = 1;
  let lineStart = 0;
  for (let offset = 0; offset < text.length; offset++) {
    const character = text[offset];
    if (character === '\n') {
      line++;
      lineStart = offset + 1;
    } else if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
    if (depth > MOST_LEVELS)
      return problemAt(line, offset - lineStart + 1, `more than ${MOST_LEVELS} brackets are open here`);
  }
  return null;
}

function problemAt(line: number, column: number, text: string): YamlProblem {
  return { line, column, path: [], text };
}

/** Names may hold any character; a length before each keeps two paths apart. */
function keyOf(path: readonly string[]): string {
  return path.map((name) => `${name.length}:${name}`).join('');
}

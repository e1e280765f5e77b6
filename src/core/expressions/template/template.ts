import { nearest } from '../../nearest.ts';
import { FILTERS, type FilterName, isFilterName } from './filters.ts';

/** A template: `ORDER#${placed_at | date:yyyy-MM-dd}#${order_id | pad:10}`, as the texts and references that it consists of. */
export type Template = readonly TemplatePart[];
export type TemplatePart = string | Reference;

/** `${name | filter:argument | filter}` */
export type Reference = {
  /** An attribute, a path into a value of JSON, or `$file` and the like. */
  readonly name: string;
  readonly filters: readonly FilterCall[];
  /** Offset of the name in the template. */
  readonly at: number;
};

export type FilterCall = { readonly name: FilterName; readonly argument: string };

/** What is wrong in an expression, and at which offset; what was probably meant. */
export type ExpressionProblem = {
  readonly text: string;
  readonly at: number;
  readonly suggestion: string | null;
};

/** What a template can refer to beside attributes. */
export const ROW_FACTS = ['$file', '$line', '$import', '$imported_at', '$row_hash'] as const;
export type RowFact = (typeof ROW_FACTS)[number];

const MOST_REFERENCES = 100;

/** Reads a template. `$${` stands for `${` as text; an argument with `|` or `}` stands in double quotes. */
export function parseTemplate(text: string): Template | ExpressionProblem {
  const parts: TemplatePart[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    if (text.startsWith('$${', at)) {
      literal += '${';
      at += 3;
    } else if (text.startsWith('${', at)) {
      if (literal !== '') parts.push(literal);
      literal = '';
      const end = endOfReference(text, at + 2);
      if (end < 0) return problem(at, 'is never closed: a } is missing');
      const reference = parseReference(text, at + 2, end);
      if ('text' in reference) return reference;
      parts.push(reference);
      at = end + 1;
    } else {
      literal += text[at++];
    }
  }
  if (literal !== '') parts.push(literal);
  if (parts.length > 2 * MOST_REFERENCES) return problem(0, `has more than ${MOST_REFERENCES} references`);
  return parts;
}

/** The attributes and facts that the template refers to, each once. A text that is no template has none. */
export function templateNames(text: string): readonly string[] {
  const template = parseTemplate(text);
  if (isProblem(template)) return [];
  return [...new Set(template.flatMap((part) => (typeof part === 'string' ? [] : [part.name])))];
}

export function isProblem(result: Template | ExpressionProblem): result is ExpressionProblem {
  return 'text' in result;
}

function parseReference(text: string, start: number, end: number): Reference | ExpressionProblem {
  const pieces = split(text, start, end);
  const { piece, at } = pieces[0]!;
  if (piece === '') return problem(start, 'refers to nothing: a name is missing in ${}');
  const filters: FilterCall[] = [];
  for (const { piece: call, at: callAt } of pieces.slice(1)) {
    const filter = parseFilter(call, callAt);
    if ('text' in filter) return filter;
    if (filter.name === 'date' && filters.length > 0) {
      return problem(callAt, 'has the filter date after another one; it must be the first');
    }
    filters.push(filter);
  }
  return { name: piece, filters, at };
}

function parseFilter(call: string, at: number): FilterCall | ExpressionProblem {
  const colon = call.indexOf(':');
  const name = (colon < 0 ? call : call.slice(0, colon)).trim();
  const argument = colon < 0 ? '' : unquoted(call.slice(colon + 1).trim());
  if (!isFilterName(name)) {
    const names = Object.keys(FILTERS);
    return {
      text: `has an unknown filter '${name}'. Filters: ${names.join(', ')}`,
      at,
      suggestion: suggestFilter(name, names),
    };
  }
  const wrong = FILTERS[name].check(argument);
  return wrong === null ? { name, argument } : problem(at, `has the filter ${name}, ${wrong}`);
}

function suggestFilter(name: string, names: readonly string[]): string | null {
  const begun = names.find((each) => name !== '' && (each.startsWith(name) || name.startsWith(each)));
  return begun ?? nearest(name, names, (each) => each);
}

/** Offset of the brace that closes it, -1 if none does. */
function endOfReference(text: string, start: number): number {
  let isQuoted = false;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '"') isQuoted = !isQuoted;
    else if (text[at] === '}' && !isQuoted) return at;
  }
  return -1;
}

/** At bars outside of quotes. */
function split(text: string, start: number, end: number): { piece: string; at: number }[] {
  const pieces: { piece: string; at: number }[] = [];
  let from = start;
  let isQuoted = false;
  for (let at = start; at <= end; at++) {
    if (text[at] === '"') isQuoted = !isQuoted;
    if (at < end && (text[at] !== '|' || isQuoted)) continue;
    const raw = text.slice(from, at);
    pieces.push({ piece: raw.trim(), at: from + (raw.length - raw.trimStart().length) });
    from = at + 1;
  }
  return pieces;
}

function unquoted(argument: string): string {
  return /^".*"$/s.test(argument) ? argument.slice(1, -1) : argument;
}

function problem(at: number, text: string): ExpressionProblem {
  return { text, at, suggestion: null };
}

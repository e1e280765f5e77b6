import type * as z from 'zod';
import { fieldsOf, schemaAt, wordsOf } from './schema-place.ts';
import { suggestField, suggestValue } from './suggestion.ts';

/** One thing that is wrong in a dataset's document. */
export type Problem = {
  /** Where, by names from the document's top. */
  readonly path: readonly string[];
  /** Whether the name or the value is wrong. */
  readonly at: 'name' | 'value';
  readonly text: string;
  /** Where in the value's text. */
  readonly offset?: number;
};

/** What was found is shown up to here: enough to find it. */
const SHOWN_CHARACTERS = 60;

/** Beside a suggestion, as many names are listed at most. */
const MOST_ALLOWED = 12;

/**
 * Describes what a schema refused of a document. Each schema says in its own error text what must stand there, as a noun: 'a
 * type', 'a whole number from 1 to 100'.
 */
export function describeIssue(
  root: z.ZodType,
  document: unknown,
  issue: z.core.$ZodIssue,
): readonly Problem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((name) => unknownField(root, path, name));
  if (issue.code === 'invalid_key') {
    return [{ path, at: 'name', text: `${shown(path.at(-1))} is not ${issue.issues[0]?.message}` }];
  }
  const found = valueAt(document, path);
  if (issue.code === 'invalid_union' && typeof found === 'object' && found !== null) {
    const inner = alternativeIssues(issue);
    if (inner !== null) {
      return inner.flatMap((each) =>
        describeIssue(root, document, { ...each, path: [...issue.path, ...each.path] }),
      );
    }
  }
  if (found === undefined) return [{ path, at: 'value', text: `is missing; it must be ${issue.message}` }];
  if (found === null) return [{ path, at: 'value', text: `has no value; it must be ${issue.message}` }];
  const schema = schemaAt(root, path);
  const meant = schema === null || typeof found !== 'string' ? null : suggestValue(schema, found);
  const words = schema === null ? [] : wordsOf(schema);
  // A single word stands in the text already.
  const allowed = words.length > 1 ? words : [];
  return [{ path, at: 'value', text: `${shown(found)} is not ${issue.message}${hint(meant, allowed)}` }];
}

/** What the alternative says that has the right shape (a map or a list); null if none or several have. */
function alternativeIssues({ errors }: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | null {
  const isOther = ({ code, path }: z.core.$ZodIssue): boolean =>
    path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
  const shaped = errors.filter((issues) => !issues.some(isOther));
  return shaped.length === 1 ? shaped[0]! : null;
}

/** `columns.'Order No'.type: 'int' is not a type …` */
export function problemText({ path, text }: Problem): string {
  const names = path.map((name) => (/^[\w-]+$/.test(name) ? name : shown(name)));
  return names.length === 0 ? text : `${names.join('.')}: ${text}`;
}

/** A name or value as a message shows it: on one line, and not at length. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  if (typeof value !== 'string') return String(value);
  // Control characters would go to somebody's terminal.
  const text = JSON.stringify(value)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
  return `'${text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS - 1)}…` : text}'`;
}

function unknownField(root: z.ZodType, path: readonly string[], name: string): Problem {
  const place = schemaAt(root, path);
  const fields = place === null ? [] : fieldsOf(place);
  const meant = suggestField(root, path, name);
  const owner = path.length === 0 ? 'a field' : `a field of ${path.join('.')}`;
  return {
    path: [...path, name],
    at: 'name',
    text: `${shown(name)} is not ${owner}${hint(meant === null ? null : shown(meant), fields)}`,
  };
}

/** `; did you mean 'number'? Allowed: string, number, boolean` */
function hint(meant: string | null, allowed: readonly string[]): string {
  const question = meant === null ? '' : `; did you mean ${meant}?`;
  const isLong = meant !== null && allowed.length > MOST_ALLOWED;
  if (allowed.length === 0 || isLong) return question;
  return `${question === '' ? '.' : question} Allowed: ${allowed.join(', ')}`;
}

function valueAt(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, name) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, name)
        ? (at as Record<string, unknown>)[name]
        : undefined,
    document,
  );
}

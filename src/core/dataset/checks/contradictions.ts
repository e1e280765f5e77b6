import * as z from 'zod';
import { type Problem, shown } from '../reading/problem.ts';
import type { ResolvedDocument } from '../resolved/resolved-document.ts';

/** What the schema cannot see: values that are right each by itself and do not fit together. */
export function contradictions(dataset: ResolvedDocument): readonly Problem[] {
  return [...sameCharacters(dataset), ...keyProblems(dataset)];
}

/** Of a document that may be wrong otherwise, too. */
export function missingKey(document: unknown): readonly Problem[] {
  const { success, data } = tableFields.safeParse(document);
  if (!success || 'partition_key' in data.table || 'same_as' in data.table) return [];
  const text = 'is missing; it must be a text of 1 to 255 characters';
  return [{ path: ['table', 'partition_key'], at: 'value', text }];
}

const tableFields = z.object({ table: z.looseObject({}) });

function sameCharacters({ format }: ResolvedDocument): readonly Problem[] {
  return (['quote', 'escape'] as const)
    .filter((name) => format[name] === format.delimiter)
    .map((name) => ({
      path: ['format', name],
      at: 'value',
      text: `${shown(format[name])} is also the delimiter; they must differ`,
    }));
}

function keyProblems({ columns, table }: ResolvedDocument): readonly Problem[] {
  const problems: Problem[] = [];
  if (table.partition_key === table.sort_key) {
    const text = `${shown(table.sort_key)} is also the partition key; they must differ`;
    problems.push({ path: ['table', 'sort_key'], at: 'value', text });
  }
  for (const key of new Set([table.partition_key, table.sort_key])) {
    if (key === undefined || columns[key]?.type !== 'boolean') continue;
    const text = `'boolean' is not a type of a key, and ${shown(key)} is one. Allowed: string, number`;
    problems.push({ path: ['columns', key, 'type'], at: 'value', text });
  }
  return problems;
}

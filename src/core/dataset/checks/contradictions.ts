import * as z from 'zod';
import type { Libraries } from '../../libraries.ts';
import type { Problem } from '../reading/problem.ts';
import type { ResolvedDocument } from '../resolved/resolved-document.ts';
import type { DatasetDocument } from '../schema/document.ts';
import { columnProblems } from './column-problems.ts';
import { expressionProblems } from './expression-problems.ts';
import { formatProblems } from './format-problems.ts';
import { keyProblems } from './key-problems.ts';
import { nameProblems } from './name-problems.ts';
import { referenceProblems } from './reference-problems.ts';
import { tableProblems } from './table-problems.ts';
import { writeProblems } from './write-problems.ts';

/** What the schema cannot see: values that are right each by itself and do not fit together. */
export function contradictions(
  document: DatasetDocument,
  dataset: ResolvedDocument,
  libraries: Libraries,
): readonly Problem[] {
  const format = formatProblems(dataset);
  return [
    ...format,
    // A column has what the format says.
    ...(format.length > 0 ? [] : columnProblems(dataset)),
    ...nameProblems(dataset),
    ...referenceProblems(document, dataset),
    ...expressionProblems(dataset, libraries),
    ...writeProblems(document, dataset),
    // Those of another dataset's table are checked with all datasets.
    ...(dataset.table.same_as === null ? keyProblems(dataset) : []),
    ...tableProblems(document, dataset),
  ];
}

/** Of a document that may be wrong otherwise, too. */
export function missingKey(document: unknown): readonly Problem[] {
  const { success, data } = tableFields.safeParse(document);
  if (!success || 'partition_key' in data.table || 'same_as' in data.table) return [];
  const text = 'is missing; it must be a text of 1 to 255 characters';
  return [{ path: ['table', 'partition_key'], at: 'value', text }];
}

const tableFields = z.object({ table: z.looseObject({}) });

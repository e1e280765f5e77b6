import { kindOfColumn, type Scope, type ValueKind } from '../../expressions/scope.ts';
import { checkTemplate } from '../../expressions/template/check-template.ts';
import { type ExpressionProblem, templateNames } from '../../expressions/template/template.ts';
import { checkWhere } from '../../expressions/where/where.ts';
import type { Libraries } from '../../libraries.ts';
import { type Problem, shown } from '../reading/problem.ts';
import type { AttributeSpec } from '../resolved/attribute-spec.ts';
import type { ResolvedDocument } from '../resolved/resolved-document.ts';

/** Conditions and templates that are wrong, or name what does not exist. Conditions are checked if their library is given. */
export function expressionProblems(dataset: ResolvedDocument, libraries: Libraries): readonly Problem[] {
  const row = rowScope(dataset);
  const computed = withAttributes(row, dataset, dataset.attributes);
  const problems = [
    ...condition(dataset.where, row, ['where']),
    ...templates(dataset.attributes, computed, ['attributes']),
  ];
  for (const item of dataset.items) {
    const path = ['items', item.name];
    problems.push(...condition(item.where, computed, [...path, 'where']));
    const own = withAttributes(computed, dataset, item.attributes);
    problems.push(...templates(item.attributes, own, [...path, 'attributes']));
  }
  return problems;

  function condition(expression: string | null, scope: Scope, path: readonly string[]): readonly Problem[] {
    if (expression === null || libraries.cel === null) return [];
    const problem = checkWhere(expression, scope, libraries);
    return problem === null ? [] : [{ path, at: 'value', text: described(problem), offset: problem.at }];
  }

  function templates(
    attributes: readonly AttributeSpec[],
    scope: Scope,
    path: readonly string[],
  ): readonly Problem[] {
    return attributes.flatMap((attribute): readonly Problem[] => {
      if ('ttl' in attribute) return [];
      const { name, template } = attribute;
      const problem = checkTemplate(template, scope);
      const text = problem === null ? renamed(template, scope) : described(problem);
      const offset = problem?.at ?? 0;
      return text === null ? [] : [{ path: [...path, name], at: 'value', text, offset }];
    });
  }

  /** Other names may exist, but not those of columns whose attribute has another name. */
  function renamed(template: string, scope: Scope): string | null {
    for (const name of templateNames(template)) {
      const as = dataset.columns[name]?.as;
      if (as === undefined || scope.names.has(name)) continue;
      return `refers to ${shown(name)}, the name of a column in the file; its attribute is ${shown(as)}`;
    }
    return null;
  }
}

function described({ text, suggestion }: ExpressionProblem): string {
  return suggestion === null ? text : `${text}; did you mean ${shown(suggestion)}?`;
}

/** What a row has before it is transformed. */
function rowScope({ columns, format, other_columns }: ResolvedDocument): Scope {
  const names = new Map<string, ValueKind>(
    Object.entries(columns).map(([name, spec]) => [spec.as ?? name, kindOfColumn(spec, format)]),
  );
  const isKept = other_columns === 'keep' || typeof other_columns === 'object';
  if (!isKept) return { names, others: 'none' };
  const isNumbered = format.blank_names === 'number' || format.duplicate_names === 'number';
  if (format.names === null || isNumbered) return { names, others: 'string' };
  for (const name of format.names) if (columns[name] === undefined) names.set(name, 'string');
  return { names, others: 'none' };
}

function withAttributes(
  { names, others }: Scope,
  { transform }: ResolvedDocument,
  attributes: readonly AttributeSpec[],
): Scope {
  const isOpen = transform !== null;
  const all = new Map<string, ValueKind>([...names].map(([name, kind]) => [name, isOpen ? 'any' : kind]));
  for (const { name } of attributes) all.set(name, 'any');
  return { names: all, others: isOpen ? 'any' : others };
}

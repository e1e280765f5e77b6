import type { Format } from '../../csv/format.ts';
import { checkSpec } from '../../types/check-spec.ts';
import type { CellSpec } from '../../types/column-spec.ts';
import { type Problem, shown } from '../reading/problem.ts';
import type { AttributeSpec } from '../resolved/attribute-spec.ts';
import type { ResolvedDocument } from '../resolved/resolved-document.ts';

/** What does not fit together in a column, or in an attribute that is read like a cell. */
export function columnProblems({ columns, attributes, items, format }: ResolvedDocument): readonly Problem[] {
  return [
    ...Object.entries(columns).flatMap(([column, spec]) => [
      ...nameProblems(spec.as, ['columns', column, 'as']),
      ...cellProblems(spec, format, ['columns', column]),
    ]),
    ...typedProblems(attributes, format, ['attributes']),
    ...items.flatMap((item) => typedProblems(item.attributes, format, ['items', item.name, 'attributes'])),
  ];
}

function typedProblems(
  attributes: readonly AttributeSpec[],
  format: Format,
  path: readonly string[],
): readonly Problem[] {
  return attributes.flatMap((attribute) => {
    if ('ttl' in attribute || attribute.type === undefined) return [];
    return cellProblems(attribute, format, [...path, attribute.name]);
  });
}

function nameProblems(as: string | undefined, path: readonly string[]): readonly Problem[] {
  if (as === undefined || !as.split('.').includes('')) return [];
  return [{ path, at: 'value', text: `${shown(as)} has an empty part; a dot nests: address.street` }];
}

function cellProblems(spec: CellSpec, format: Format, path: readonly string[]): readonly Problem[] {
  const problems: Problem[] = checkSpec(spec, format).map(({ option, text, suggestion }) => ({
    path: [...path, option],
    at: 'value',
    text: suggestion === null ? text : `${text}; did you mean ${shown(suggestion)}?`,
  }));
  const tell = (field: keyof CellSpec, text: string): void => {
    problems.push({ path: [...path, field], at: 'value', text });
  };
  const { default: filled, not_null, on_null } = spec;
  if (not_null === true && on_null !== undefined && on_null !== 'reject') {
    tell('on_null', `not_null rejects nulls, and on_null is ${shown(on_null)}; remove one of them`);
  }
  if (filled !== undefined && on_null === 'reject') {
    tell('default', 'a default replaces nulls, and on_null rejects them; remove one of them');
  }
  return problems;
}

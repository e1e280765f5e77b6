import { type Problem, shown } from '../reading/problem.ts';
import { type AttributeSpec, referredAttributes } from '../resolved/attribute-spec.ts';
import type { ResolvedDocument } from '../resolved/resolved-document.ts';
import { rowNames } from '../resolved/row-names.ts';
import type { AttributeDocument } from '../schema/columns.ts';
import type { DatasetDocument } from '../schema/document.ts';

/** Attributes and items that name what does not exist, or each other in a circle. */
export function referenceProblems(document: DatasetDocument, dataset: ResolvedDocument): readonly Problem[] {
  const names = rowNames(dataset);
  const problems = [
    ...attributeProblems(document.attributes, dataset.attributes, ['attributes']),
    ...lifetimeProblems(dataset.attributes, ['attributes']),
  ];
  for (const item of dataset.items) {
    const path = ['items', item.name];
    const written = document.items[item.name]?.attributes ?? {};
    problems.push(...attributeProblems(written, item.attributes, [...path, 'attributes']));
    problems.push(...lifetimeProblems(item.attributes, [...path, 'attributes']));
    for (const field of ['include', 'exclude'] as const) {
      for (const name of item[field] ?? []) {
        const unknown = names.unknown(name);
        if (unknown !== null) problems.push({ path: [...path, field], at: 'value', text: unknown });
      }
    }
    const both = item.include?.find((name) => item.exclude.includes(name));
    if (both !== undefined)
      problems.push({
        path: [...path, 'exclude'],
        at: 'value',
        text: `${shown(both)} is also in include; remove one of them`,
      });
  }
  return problems;

  function lifetimeProblems(
    attributes: readonly AttributeSpec[],
    path: readonly string[],
  ): readonly Problem[] {
    return attributes.flatMap((attribute): readonly Problem[] => {
      if (!('ttl' in attribute)) return [];
      const { name, ttl } = attribute;
      const text = names.unknown(ttl) ?? lifetimeType(ttl);
      return text === null ? [] : [{ path: [...path, name, 'ttl'], at: 'value', text }];
    });
  }

  function lifetimeType(name: string): string | null {
    const spec = names.specs.get(name);
    const type: string = spec?.type ?? 'string';
    if (spec === undefined || ['date', 'datetime', 'number', 'integer'].includes(type)) return null;
    return `${shown(name)} is a ${type}; a time to live counts from a date, a datetime, or a number of seconds`;
  }
}

function attributeProblems(
  written: Readonly<Record<string, AttributeDocument>>,
  attributes: readonly AttributeSpec[],
  path: readonly string[],
): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [name, document] of Object.entries(written)) {
    if (typeof document !== 'object') continue;
    const tell = (field: readonly string[], text: string): void => {
      problems.push({ path: [...path, name, ...field], at: 'value', text });
    };
    const { value, ttl, after, ...cell } = document;
    if (ttl === undefined && value === undefined) tell([], 'needs value: a template, or ttl: a date');
    if (ttl !== undefined && value !== undefined)
      tell(['ttl'], 'an attribute has a value or a ttl; remove one of them');
    if (ttl === undefined && after !== undefined) tell(['after'], 'is for a ttl');
    const [option] = Object.keys(cell);
    if (ttl !== undefined && option !== undefined)
      tell([option], 'an attribute with a ttl has no other fields than after');
  }
  return [...problems, ...cycles(attributes, path)];
}

/** Attributes whose turn never comes, because each waits for another one of them. */
function cycles(attributes: readonly AttributeSpec[], path: readonly string[]): readonly Problem[] {
  const position = new Map(attributes.map(({ name }, index) => [name, index]));
  const names = new Set(position.keys());
  return attributes.flatMap((spec, index): readonly Problem[] => {
    const later = referredAttributes(spec, names).find((name) => position.get(name)! >= index);
    if (later === undefined) return [];
    const text =
      later === spec.name
        ? `${shown(spec.name)} refers to itself`
        : `${shown(spec.name)} and ${shown(later)} refer to each other in a circle`;
    return [{ path: [...path, spec.name], at: 'value', text }];
  });
}

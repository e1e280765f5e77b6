import type { CellSpec } from '../../types/column-spec.ts';
import type { Format } from '../../csv/format.ts';
import { mayBeKey } from '../../types/check-spec.ts';
import { type Problem, shown } from '../reading/problem.ts';
import { cellSpecs, keyTypeOf } from '../resolved/attribute-type.ts';
import type { ResolvedDocument } from '../resolved/resolved-document.ts';
import { rowNames } from '../resolved/row-names.ts';

/** Each item must have the attributes of the table's key, with the key's types. */
export function keyProblems(dataset: ResolvedDocument): readonly Problem[] {
  const { key, table, items, columns } = dataset;
  const problems: Problem[] = [];
  const names = rowNames(dataset);
  const isShared = table.same_as !== null;
  if (table.partition_key === table.sort_key) {
    const text = `${shown(table.sort_key)} is also the partition key; they must differ`;
    problems.push({ path: ['table', 'sort_key'], at: 'value', text });
  }
  for (const field of ['partition_key', 'sort_key'] as const) {
    const attribute = field === 'partition_key' ? key.partition : key.sort;
    if (attribute === null || attribute.name === '') continue;
    const path = isShared ? ['table', 'same_as'] : ['table', field];
    for (const item of items) {
      const own = item.attributes.find(({ name }) => name === attribute.name);
      const where = item.name === '' ? '' : `the item ${shown(item.name)} has no key: `;
      const unknown = own === undefined ? names.unknown(attribute.name) : null;
      if (unknown !== null) {
        problems.push({ path, at: 'value', text: where + unknown });
        break;
      }
      const dropped = Object.values(columns).some((spec) => spec.drop === true && spec.as === attribute.name);
      const isDropped = own === undefined && (dropped || columns[attribute.name]?.drop === true);
      if (isDropped) {
        problems.push({
          path,
          at: 'value',
          text: `${shown(attribute.name)} is dropped; a key must be stored`,
        });
        break;
      }
      if (item.exclude.includes(attribute.name)) {
        const text = `${shown(attribute.name)} is in the table's key, which each item needs`;
        problems.push({ path: ['items', item.name, 'exclude'], at: 'value', text });
      }
      const specs = own === undefined ? names.specs : cellSpecs(columns, [...dataset.attributes, own]);
      problems.push(
        ...typeProblems(
          specs.get(attribute.name),
          attribute,
          own === undefined
            ? columnPath(dataset, attribute.name)
            : ['items', item.name, 'attributes', own.name],
          dataset.format,
        ),
      );
    }
  }
  return problems.filter(
    (problem, index) =>
      problems.findIndex(
        (other) => other.text === problem.text && other.path.join() === problem.path.join(),
      ) === index,
  );
}

function typeProblems(
  spec: CellSpec | undefined,
  { name, type: expected }: { name: string; type: string },
  path: readonly string[],
  format: Format,
): readonly Problem[] {
  if (spec === undefined) return [];
  if (!mayBeKey(spec)) {
    const text = `${shown(spec.type)} is not a type of a key, and ${shown(name)} is one. Allowed: string, number, binary and dates`;
    return [{ path, at: 'value', text }];
  }
  const found = keyTypeOf(spec, format);
  if (found === expected) return [];
  return [
    {
      path,
      at: 'value',
      text: `${shown(name)} is ${TYPES[found]} here, and ${TYPES[expected]!} in the table's key`,
    },
  ];
}

const TYPES: Readonly<Record<string, string>> = { S: 'a string', N: 'a number', B: 'binary' };

function columnPath({ columns, attributes }: ResolvedDocument, name: string): readonly string[] {
  if (attributes.some((attribute) => attribute.name === name)) return ['attributes', name];
  const column = Object.keys(columns).find((each) => (columns[each]!.as ?? each) === name) ?? name;
  return ['columns', column, 'type'];
}

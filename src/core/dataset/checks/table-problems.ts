import { mayBeKey } from '../../types/check-spec.ts';
import { type Problem, shown } from '../reading/problem.ts';
import type { ResolvedDocument } from '../resolved/resolved-document.ts';
import { rowNames } from '../resolved/row-names.ts';
import type { DatasetDocument } from '../schema/document.ts';

/** Amazon DynamoDB Developer Guide, "Quotas in Amazon DynamoDB". */
const MOST_GLOBAL = 20;
const MOST_LOCAL = 5;

/** What does not fit together in `table`. */
export function tableProblems(
  { table: written }: DatasetDocument,
  dataset: ResolvedDocument,
): readonly Problem[] {
  const { table } = dataset;
  const problems: Problem[] = [];
  const tell = (field: string, text: string): void => {
    problems.push({ path: ['table', field], at: 'value', text });
  };

  if (table.same_as === null && table.existing !== null && written.name !== undefined) {
    tell('name', 'existing names the table; remove one of them');
  }
  if (table.billing === 'on_demand' && table.autoscaling !== null) {
    tell('autoscaling', 'is for provisioned billing, and billing is on_demand; use max_write_units');
  }
  for (const field of ['max_read_units', 'max_write_units'] as const) {
    if (table.billing === 'provisioned' && table[field] !== null) {
      tell(field, 'is for on-demand billing, and billing is provisioned; use autoscaling');
    }
  }
  for (const [most, least] of [
    ['max_read_units', 'read_units'],
    ['max_write_units', 'write_units'],
  ] as const) {
    if (table.autoscaling !== null && table.autoscaling[most] < table[least]) {
      problems.push({
        path: ['table', 'autoscaling', most],
        at: 'value',
        text: `${table.autoscaling[most]} is less than ${least} (${table[least]}), the least of autoscaling`,
      });
    }
  }
  for (const field of ['name', 'partition_key', 'sort_key'] as const) {
    if (table.same_as !== null && written[field] !== undefined) {
      tell(field, `same_as stands alone: the table is that of ${shown(table.same_as)}`);
    }
  }
  lifetimes();
  indexes();
  return problems;

  function lifetimes(): void {
    const ttls = [...dataset.attributes, ...dataset.items.flatMap((item) => item.attributes)].filter(
      (each) => 'ttl' in each,
    );
    const named = new Set(ttls.map(({ name }) => name));
    if (written.ttl_attribute !== 'none') named.add(written.ttl_attribute);
    if (named.size > 1) {
      tell(
        'ttl_attribute',
        `a table has one attribute with the time to live, and ${[...named].map(shown).join(' and ')} are such`,
      );
    }
  }

  function indexes(): void {
    const names = rowNames(dataset);
    const own = new Set(dataset.items.flatMap((item) => item.attributes.map(({ name }) => name)));
    const all = Object.values(table.indexes);
    const locals = all.filter(({ local }) => local).length;
    if (all.length - locals > MOST_GLOBAL)
      tell('indexes', `has ${all.length - locals} global indexes; DynamoDB takes ${MOST_GLOBAL}`);
    if (locals > MOST_LOCAL) tell('indexes', `has ${locals} local indexes; DynamoDB takes ${MOST_LOCAL}`);
    for (const [name, index] of Object.entries(table.indexes)) {
      const tellIndex = (field: string, text: string): void => {
        problems.push({ path: ['table', 'indexes', name, field], at: 'value', text });
      };
      if (index.local) {
        if (table.sort_key === undefined) tellIndex('local', 'needs a table with a sort key');
        if (index.partition_key.name !== table.partition_key)
          tellIndex(
            'partition_key',
            `a local index has the table's partition key, ${shown(table.partition_key)}`,
          );
        if (index.sort_key === null) tellIndex('sort_key', 'is missing; a local index needs one');
      } else if (written.indexes[name]?.partition_key === undefined) {
        tellIndex('partition_key', 'is missing; it must be the name of an attribute');
      }
      for (const field of ['partition_key', 'sort_key'] as const) {
        const attribute = index[field]?.name;
        if (attribute === undefined) continue;
        const unknown = own.has(attribute) ? null : names.unknown(attribute);
        if (unknown !== null) tellIndex(field, unknown);
        const spec = names.specs.get(attribute);
        if (spec !== undefined && !mayBeKey(spec)) {
          tellIndex(
            field,
            `${shown(attribute)} is a ${spec.type}, which is not a type of a key. Allowed: string, number, binary and dates`,
          );
        }
      }
    }
  }
}

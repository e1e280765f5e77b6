import { shown } from '../../reading/problem.ts';
import { nearest } from '../../../nearest.ts';
import type { ResolvedDocument } from '../../resolved/resolved-document.ts';
import type { DatasetProblem } from './conflicts.ts';
import { keyProblems } from '../key-problems.ts';

/** Gives each dataset with `table.same_as` the table of the dataset that it names. */
export function sharedTables<T extends ResolvedDocument>(
  datasets: readonly T[],
): { readonly datasets: readonly T[]; readonly problems: readonly DatasetProblem[] } {
  const problems: DatasetProblem[] = [];
  const resolved = datasets.map((dataset) => {
    const { same_as } = dataset.table;
    if (same_as === null) return dataset;
    const owner = datasets.find(({ name }) => name === same_as);
    if (owner === undefined || owner.table.same_as !== null) {
      const text = owner === undefined ? unknownDataset(dataset, same_as) : noOwner(dataset, owner);
      problems.push({ dataset: dataset.name, path: ['table', 'same_as'], at: 'value', text });
      return dataset;
    }
    const shared = { ...dataset, table: { ...owner.table, same_as }, key: owner.key };
    const ttl = dataset.table.ttl_attribute;
    if (ttl !== null && ttl !== owner.table.ttl_attribute) {
      const text = `the table of ${shown(same_as)} does not have ${shown(ttl)} as the attribute with the time to live; set its table.ttl_attribute`;
      problems.push({ dataset: dataset.name, path: ['table', 'same_as'], at: 'value', text });
    }
    for (const problem of keyProblems(shared)) problems.push({ dataset: dataset.name, ...problem });
    return shared;
  });
  return { datasets: resolved, problems };

  function unknownDataset(dataset: T, name: string): string {
    const names = datasets.filter((other) => other !== dataset).map((other) => other.name);
    const meant = nearest(name, names, (each) => each);
    return `${shown(name)} is not a dataset${meant === null ? '' : `; did you mean ${shown(meant)}?`}`;
  }

  function noOwner(dataset: T, { name, table }: T): string {
    return name === dataset.name
      ? `${shown(name)} is this dataset; give it a table of its own, or name another dataset`
      : `${shown(name)} has no table of its own: it says same_as: ${table.same_as}. Name the dataset that has the table`;
  }
}

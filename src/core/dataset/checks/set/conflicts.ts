import { type Problem, shown } from '../../reading/problem.ts';
import type { ResolvedDocument } from '../../resolved/resolved-document.ts';

/** What is wrong, and in which dataset. */
export type DatasetProblem = Problem & { readonly dataset: string };

/** The name of the ledger's table, after the deployment's name. */
const LEDGER = 'ledger';

/** What is wrong between datasets that are right each by itself: two that claim the same objects, or the same table. */
export function conflicts(datasets: readonly ResolvedDocument[]): readonly DatasetProblem[] {
  const problems: DatasetProblem[] = [];
  for (const [index, dataset] of datasets.entries()) {
    const { name, source, table } = dataset;
    const before = datasets.slice(0, index);
    const rival = before.find((other) => overlap(other.source, source));
    if (rival !== undefined) {
      const text = `${described(source)} overlaps ${described(rival.source)} of dataset '${rival.name}': an object would belong to both`;
      problems.push({ dataset: name, path: ['source', 'prefix'], at: 'value', text });
    }
    if (table.same_as !== null) continue;
    if (table.existing === null && table.name === LEDGER) {
      const text = `'${LEDGER}' is the table of the ledger; give this table another name`;
      problems.push({ dataset: name, path: ['table', 'name'], at: 'value', text });
    }
    const twin = before.find((other) => other.table.same_as === null && tableOf(other) === tableOf(dataset));
    if (twin !== undefined) {
      const path = ['table', table.existing === null ? 'name' : 'existing'];
      const text = `${shown(tableOf(dataset))} is also the table of dataset '${twin.name}'; give one of them another name, or write table: { same_as: ${twin.name} }`;
      problems.push({ dataset: name, path, at: 'value', text });
    }
  }
  return problems;
}

/** The name that Terraform would create the table under is not in the name space of existing tables. */
function tableOf({ table }: ResolvedDocument): string {
  return table.existing ?? table.name;
}

function described({ prefix, suffix }: ResolvedDocument['source']): string {
  return `${shown(prefix)} with suffix ${suffix.map(shown).join(' or ')}`;
}

/** One prefix begins with the other, and one suffix ends with the other. */
function overlap(a: ResolvedDocument['source'], b: ResolvedDocument['source']): boolean {
  const ignoreCase = a.ignore_case || b.ignore_case;
  const folded = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  const prefixes = a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix);
  return (
    prefixes &&
    a.suffix
      .map(folded)
      .some((one) => b.suffix.map(folded).some((other) => one.endsWith(other) || other.endsWith(one)))
  );
}

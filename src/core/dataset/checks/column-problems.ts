import { type Problem, shown } from '../reading/problem.ts';
import type { ResolvedDocument } from '../resolved/resolved-document.ts';
import { timeZoneProblem } from './format-problems.ts';

/** What does not fit together in a column. */
export function columnProblems({ columns }: ResolvedDocument): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [column, spec] of Object.entries(columns)) {
    const tell = (field: string, text: string): void => {
      problems.push({ path: ['columns', column, field], at: 'value', text });
    };
    const { as, default: filled, not_null, on_null, time_zone } = spec;
    if (as !== undefined && as.split('.').includes(''))
      tell('as', `${shown(as)} has an empty part; a dot nests: address.street`);
    if (not_null === true && on_null !== undefined && on_null !== 'reject') {
      tell('on_null', `not_null rejects nulls, and on_null is ${shown(on_null)}; remove one of them`);
    }
    if (filled !== undefined && on_null === 'reject')
      tell('default', 'a default replaces nulls, and on_null rejects them; remove one of them');
    const zone = time_zone === undefined ? null : timeZoneProblem(time_zone);
    if (zone !== null) tell('time_zone', zone);
  }
  return problems;
}

import { boundedText } from '../../bounded-text.ts';
import type { Scope, ValueKind } from '../../expressions/scope.ts';
import { compileWhere, isWhere, type Where } from '../../expressions/where/where.ts';
import type { ExpressionProblem } from '../../expressions/template/template.ts';
import type { Libraries } from '../../libraries.ts';
import { SluiceError } from '../../errors.ts';
import { refuse } from '../../types/column-type.ts';
import type { RowState } from '../row-state.ts';
import { readValue } from './read-value.ts';

/** A condition over the values of a row. */
export type Condition = {
  /** The slots that it reads. */
  readonly reads: readonly number[];
  test(state: RowState): Verdict;
};

const MOST_SHOWN_BYTES = 300;
export const HOLDS = 1;
export const FAILS = 0;
/** It has no answer: the row is refused, `row.refusals` say why. */
const NO_ANSWER = -1;
export type Verdict = typeof HOLDS | typeof FAILS | typeof NO_ANSWER;

type Read = { readonly name: string; readonly slot: number; readonly kind: ValueKind };

/** `slotOf`: the slot of a name, in the form that conditions compare (`instant`: epoch milliseconds). */
export function compileCondition(
  expression: string,
  scope: Scope,
  libraries: Libraries,
  slotOf: (name: string, kind: ValueKind) => number,
): Condition {
  const result = compileWhere(expression, scope, libraries);
  if (!isWhere(result)) throw unanswerable(expression, result);
  const where: Where = result;
  const reads: Read[] = [...where.reads].map(([name, kind]) => ({ name, kind, slot: slotOf(name, kind) }));
  /** One object serves all rows. */
  const values: Record<string, unknown> = Object.fromEntries(reads.map(({ name }) => [name, null]));
  return { reads: reads.map(({ slot }) => slot), test };

  function test(state: RowState): Verdict {
    try {
      for (let index = 0; index < reads.length; index++) {
        const { name, slot, kind } = reads[index]!;
        values[name] = readValue(state, slot, kind);
      }
      return where.test(values) ? HOLDS : FAILS;
    } catch (error) {
      refuse(state.row, 'where-failed', `where: ${(error as Error).message}`);
      return NO_ANSWER;
    }
  }
}

/** What else can be wrong was refused when the dataset was resolved. */
function unanswerable(expression: string, { text, suggestion }: ExpressionProblem): SluiceError {
  const hint = suggestion === null ? '' : ` (did you mean '${suggestion}'?)`;
  return new SluiceError(
    'column-missing',
    `The condition "${boundedText(expression, MOST_SHOWN_BYTES)}" ${text}${hint}: neither the header nor the dataset has it. Fix the header, or the condition; if files may lack the column, declare it with optional: true.`,
    { data: { where: expression } },
  );
}

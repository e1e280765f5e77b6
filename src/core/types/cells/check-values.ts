import type { CellOptions } from '../cell-options.ts';
import type { CellSpec } from '../column-spec.ts';
import { type ColumnType, createResult } from '../column-type.ts';
import { evaluate, type Evaluated } from './evaluate.ts';
import { compileRules, RULES, valueWriter } from './rules.ts';

type ValueProblem = {
  readonly option: keyof CellSpec;
  readonly text: string;
  readonly suggestion: null;
};

/** `min`, `max`, `enum` and `default` must be values of the column's type, and the default must keep its rules. */
export function checkValues(type: ColumnType, options: CellOptions): readonly ValueProblem[] {
  const { spec } = options;
  const write = valueWriter(type, options);
  const problems: ValueProblem[] = [];
  const valueOf = (option: 'min' | 'max' | 'enum' | 'default', text: string): Evaluated | null => {
    const value = evaluate(write, text);
    if (value !== null && 'bytes' in value) return value;
    const reason = value === null ? `${JSON.stringify(text)} is no value` : value[0]!.reason;
    problems.push({ option, text: reason, suggestion: null });
    return null;
  };
  if (spec.min !== undefined) valueOf('min', spec.min);
  const max = spec.max === undefined ? null : valueOf('max', spec.max);
  for (const text of spec.enum ?? []) valueOf('enum', text);
  const fallback = spec.default === undefined ? null : valueOf('default', spec.default);
  if (problems.length > 0) return problems;
  if (max !== null && breaksRule(type, options, max, ['min']) !== null) {
    problems.push({ option: 'min', text: `${spec.min} is more than max, ${spec.max}`, suggestion: null });
  }
  const broken = fallback === null ? null : breaksRule(type, options, fallback, RULES);
  if (broken !== null) problems.push({ option: 'default', text: broken, suggestion: null });
  return problems;
}

/** Why the value breaks one of these rules of the column, or null. */
function breaksRule(
  type: ColumnType,
  options: CellOptions,
  value: Evaluated,
  names: typeof RULES | readonly ['min'],
): string | null {
  const result = { ...createResult(value.bytes), valueBytes: value.valueBytes, instantMs: value.instantMs };
  for (const rule of compileRules(type, options, names)) {
    const refusal = rule(result, 0, value.bytes.length, () => 'the value');
    if (refusal !== null) return refusal.reason;
  }
  return null;
}

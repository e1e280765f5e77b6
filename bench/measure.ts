/** One line of the table: what was measured, beside what it must reach. */
export type Measure = {
  /** Its name in the JSON. */
  readonly name: string;
  readonly description: string;
  readonly value: number;
  readonly unit: string;
  /** null where the value is only reported. */
  readonly target: number | null;
  readonly bound: 'at least' | 'at most';
  /** How the value stands to the target: 1 or more has reached it, whichever way the bound points. */
  readonly ratio: number | null;
};

export function measure(
  name: string,
  description: string,
  value: number,
  unit: string,
  target: { atLeast: number } | { atMost: number } | null = null,
): Measure {
  if (target === null) {
    return { name, description, value, unit, target: null, bound: 'at least', ratio: null };
  }
  if ('atLeast' in target) {
    const ratio = value / target.atLeast;
    return { name, description, value, unit, target: target.atLeast, bound: 'at least', ratio };
  }
  const ratio = target.atMost === 0 ? Number(value === 0) : target.atMost / value;
  return { name, description, value, unit, target: target.atMost, bound: 'at most', ratio };
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('A median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** Precision, recall and F1 of what was loaded. */
export type Measures = { readonly precision: number; readonly recall: number; readonly f1: number };

/** Of two bags of texts. Nothing expected: all is right, as Pollock counts it. */
export function measures(expected: readonly string[], loaded: readonly string[]): Measures {
  if (expected.length === 0) return { precision: 1, recall: 1, f1: 1 };
  const left = new Map<string, number>();
  for (const text of expected) left.set(text, (left.get(text) ?? 0) + 1);
  let common = 0;
  for (const text of loaded) {
    const count = left.get(text) ?? 0;
    if (count === 0) continue;
    left.set(text, count - 1);
    common++;
  }
  if (common === 0) return { precision: 0, recall: 0, f1: 0 };
  const precision = common / loaded.length;
  const recall = common / expected.length;
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall) };
}

/** Canonical text of a cell: 12.50 and 12.5 are one number. */
export function normalized(cell: string): string {
  const text = cell.trim();
  return /^-?\d+(\.\d+)?$/.test(text) ? String(Number(text)) : text;
}

export function sumOf({ precision, recall, f1 }: Measures): number {
  return precision + recall + f1;
}

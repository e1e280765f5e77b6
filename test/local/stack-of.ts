import { onTestFinished } from 'vitest';
import { parseDatasets } from '../../src/core/dataset/dataset.ts';
import type { StackOptions } from '../../local/stack.ts';
import { openStack } from '../support/stack.ts';

export const things = { source: { prefix: 'things/' }, table: { partition_key: 'id' } };

/** A stack with the dataset `things`, unless others are given; it ends with the test. */
export async function stackOf(options: Partial<StackOptions> = {}) {
  const stack = await openStack({ datasets: parseDatasets({ things }), ...options });
  let removing: Promise<void> | null = null;
  const close = (): Promise<void> => (removing ??= stack.remove());
  onTestFinished(close);
  return { ...stack, close };
}

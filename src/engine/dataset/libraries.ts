import type { Dataset } from '../../core/dataset/dataset.ts';
import { type Libraries, NO_LIBRARIES } from '../../core/libraries.ts';

/** Loads what the dataset's rules need. Each library is a file of its own in the function's bundle. */
export async function loadLibraries({ where, items }: Pick<Dataset, 'where' | 'items'>): Promise<Libraries> {
  const hasCondition = where !== null || items.some((item) => item.where !== null);
  if (!hasCondition) return NO_LIBRARIES;
  return { cel: await import('@marcbachmann/cel-js') };
}

import type { Dataset } from '../dataset/dataset.ts';
import { compileGeneralMapping } from './general-mapping.ts';
import { matchHeader } from './header/match-header.ts';
import type { Mapping, MappingContext } from './mapping.ts';
import { compilePlainMapping, isPlainDataset } from './plain-mapping.ts';

/**
 * Compiles a dataset's rules for a header. Throws what `matchHeader` throws, and `column-missing` for a column that only a rule
 * names.
 */
export function compileMapping(
  dataset: Dataset,
  header: readonly string[],
  context: MappingContext,
): Mapping {
  const match = matchHeader(dataset, header);
  return isPlainDataset(dataset, match)
    ? compilePlainMapping(dataset, header, match)
    : compileGeneralMapping(dataset, header, match, context);
}

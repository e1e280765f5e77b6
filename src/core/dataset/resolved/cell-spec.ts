import type { CellSpec, ColumnSpec } from '../../types/column-spec.ts';
import type { ColumnDocument } from '../schema/columns.ts';
import { listOf } from './lists.ts';

type CellDocument = Omit<Exclude<ColumnDocument, string>, 'as' | 'aliases' | 'drop' | 'optional'>;

/** Only what the document says: a resolved dataset of thousands of columns must stay small. */
export function columnSpec(document: ColumnDocument): ColumnSpec {
  if (document === 'drop') return { drop: true };
  if (typeof document === 'string') return { type: document };
  const { as, aliases, drop, optional, ...cell } = document;
  return {
    ...(as === undefined ? {} : { as }),
    ...(aliases === undefined ? {} : { aliases: listOf(aliases) }),
    ...(drop === true ? { drop } : {}),
    ...(optional === true ? { optional } : {}),
    ...cellSpec(cell),
  };
}

export function cellSpec(document: CellDocument): CellSpec {
  const spec: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(document)) {
    if (value === undefined || (name === 'not_null' && value !== true)) continue;
    if (name === 'length') spec[name] = lengthOf(value as NonNullable<CellDocument['length']>);
    else if (name === 'thousands') spec[name] = value === 'none' ? [] : listOf(value);
    else spec[name] = LISTS.has(name) ? listOf(value) : value;
  }
  return spec;
}

/** What may be written as one value. */
const LISTS: ReadonlySet<string> = new Set([
  'null_values',
  'true_values',
  'false_values',
  'format',
  'strip',
  'enum',
] satisfies (keyof CellDocument)[]);

function lengthOf(length: NonNullable<CellDocument['length']>): NonNullable<CellSpec['length']> {
  if (typeof length === 'number') return { min: length, max: length };
  return { min: length.min ?? 0, max: length.max ?? null };
}

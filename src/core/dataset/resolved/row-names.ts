import { nearest } from '../../nearest.ts';
import type { CellSpec } from '../../types/column-spec.ts';
import { shown } from '../reading/problem.ts';
import { cellSpecs } from './attribute-type.ts';
import type { ResolvedDocument } from './resolved-document.ts';

/** What a row has: the attributes that expressions, items, keys and writes can name. */
export type RowNames = {
  /** Columns by the names of their attributes, and computed attributes. */
  readonly specs: ReadonlyMap<string, CellSpec>;
  /** Files can have columns that no section declares, or a transform makes attributes. */
  readonly isOpen: boolean;
  /** Why a name is none of them, as the end of a sentence; null: it is one, or can be one. */
  unknown(name: string): string | null;
};

/** Each compares a name with all that are known. */
const MOST_SUGGESTIONS = 20;

type Described = Pick<ResolvedDocument, 'columns' | 'attributes' | 'other_columns' | 'transform' | 'format'>;

export function rowNames(document: Described): RowNames {
  const { columns, attributes, other_columns, transform, format } = document;
  const specs = cellSpecs(columns, attributes);
  const isKept = other_columns === 'keep';
  const isNumbered = format.blank_names === 'number' || format.duplicate_names === 'number';
  const isOpen = transform !== null || (isKept && (format.names === null || isNumbered));
  const known = new Set<string>();
  let suggestions = 0;
  for (const name of specs.keys()) {
    for (let end = name.length; end > 0; end = name.lastIndexOf('.', end - 1)) known.add(name.slice(0, end));
  }
  if (isKept) for (const name of format.names ?? []) if (columns[name] === undefined) known.add(name);
  if (typeof other_columns === 'object') known.add(other_columns.collect);
  return { specs, isOpen, unknown };

  function unknown(name: string): string | null {
    if (known.has(name)) return null;
    const renamed = columns[name]?.as;
    if (renamed !== undefined) {
      return `${shown(name)} is the name of a column in the file; its attribute is ${shown(renamed)}`;
    }
    if (isOpen) return null;
    const meant = suggestions++ < MOST_SUGGESTIONS ? nearest(name, [...known], (each) => each) : null;
    return `${shown(name)} is neither a column nor an attribute${meant === null ? '' : `; did you mean ${shown(meant)}?`}`;
  }
}

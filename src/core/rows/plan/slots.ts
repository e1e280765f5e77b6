import type { Dataset } from '../../dataset/dataset.ts';
import { SluiceError } from '../../errors.ts';
import {
  isDateType,
  kindOfColumn,
  resolvePath,
  type Scope,
  type ValueKind,
} from '../../expressions/scope.ts';
import { nearest } from '../../nearest.ts';
import type { CellSpec, ColumnSpec } from '../../types/column-spec.ts';
import { type Attribute, compileTyped } from '../attributes/compile-attributes.ts';
import type { Names, Source } from '../attributes/names.ts';
import { compileAlias } from '../attributes/template-value.ts';
import type { HeaderColumn, HeaderMatch } from '../header/match-header.ts';
import { type CellSlot, compileCellSlot } from '../values/cell-slots.ts';

/** Which slot holds what, while the rules of a dataset are compiled for a header. */
export type Slots = {
  add(): number;
  readonly count: number;
  /** The slot of a name, which is added if a transform may make it. Throws `column-missing` if nothing has the name. */
  slotOf(name: string): number;
  known(name: string): number | undefined;
  setName(name: string, slot: number): void;
  /** The slot of a column's cells, read in another way: dates in another format. */
  derived(name: string, store: string): number;
  readonly derivedCells: readonly CellSlot[];
  /** For templates. What they need before them is added to `steps`. */
  names(steps: Attribute[]): Names;
  scope(withAttributes: boolean): Scope;
  /** `$line` and `$row_hash`; -1: not used. */
  readonly facts: { line: number; hash: number };
};

const COLLISIONS_SHOWN = 20;

export function createSlots(dataset: Dataset, { columns }: HeaderMatch): Slots {
  const { format } = dataset;
  const hasTransform = dataset.transform !== null;
  const slots = new Map<string, number>();
  const kinds = new Map<string, ValueKind>();
  const byName = new Map<string, HeaderColumn>();
  const specs = new Map<string, ColumnSpec>();
  const derivedSlots = new Map<string, number>();
  const derivedCells: CellSlot[] = [];
  const facts = { line: -1, hash: -1 };
  let count = 0;

  for (const column of columns) {
    slots.set(column.name, count++);
    kinds.set(column.name, kindOfColumn(column.spec, format));
    byName.set(column.name, column);
  }
  // An optional column that the header lacks is a null in every row.
  for (const [name, spec] of Object.entries(dataset.columns)) {
    const as = spec.as ?? name;
    specs.set(as, spec);
    if (slots.has(as)) continue;
    slots.set(as, count++);
    kinds.set(as, kindOfColumn(spec, format));
  }
  return {
    add: () => count++,
    get count() {
      return count;
    },
    slotOf,
    known: (name) => slots.get(name),
    setName(name, slot) {
      slots.set(name, slot);
      kinds.set(name, 'any');
    },
    derived,
    derivedCells,
    names: (steps) => ({ source, dateText: (name, store) => dateText(name, store, steps) }),
    scope,
    facts,
  };

  function slotOf(name: string): number {
    const slot = slots.get(name);
    if (slot !== undefined) return slot;
    if (!hasTransform) throw missing(name);
    slots.set(name, count);
    kinds.set(name, 'any');
    return count++;
  }

  function source(name: string): Source {
    if (name === '$line') return { slot: (facts.line = facts.line < 0 ? count++ : facts.line), path: [] };
    if (name === '$row_hash') return { slot: (facts.hash = facts.hash < 0 ? count++ : facts.hash), path: [] };
    const resolved = resolvePath({ names: kinds, others: 'none' }, name);
    if (resolved !== null) return { slot: slotOf(resolved.name), path: resolved.rest };
    const [first, ...rest] = hasTransform ? name.split('.') : [name];
    return { slot: slotOf(first!), path: rest };
  }

  function dateText(name: string, store: string, steps: Attribute[]): Source {
    if (byName.has(name) && !hasTransform) return { slot: derived(name, store), path: [] };
    const spec = specs.get(name);
    if (spec !== undefined && !byName.has(name) && !hasTransform) return { slot: slotOf(name), path: [] };
    // A value that is no cell: read from its text.
    const value = source(name);
    const slot = value.path.length === 0 ? value.slot : count++;
    const parts = [{ name, slot }];
    if (value.path.length > 0) {
      const compute = compileAlias(slot, { ...value, name, filters: [] });
      steps.push({ name, slot, compute, reads: [value.slot], parts });
    }
    const to = count++;
    const reads: CellSpec = {
      type: spec !== undefined && isDateType(spec) ? spec.type! : 'datetime',
      format: [spec?.store === undefined || spec.store === 'text' ? 'iso' : spec.store],
      time_zone: 'UTC',
      store,
    };
    const compute = compileTyped(reads, slot, to, format);
    steps.push({ name, slot: to, compute, reads: [slot], parts });
    return { slot: to, path: [] };
  }

  function derived(name: string, store: string): number {
    const column = byName.get(name);
    if (column === undefined) return slotOf(name);
    const key = JSON.stringify([name, store]);
    const known = derivedSlots.get(key);
    if (known !== undefined) return known;
    const { on_null: _, ...spec } = column.spec;
    const slot = count++;
    derivedSlots.set(key, slot);
    derivedCells.push(
      compileCellSlot({ field: column.field, slot }, { ...spec, store, on_null: 'omit' }, format, true),
    );
    return slot;
  }

  function scope(withAttributes: boolean): Scope {
    const names = withAttributes
      ? kinds
      : new Map([...kinds].filter(([name]) => byName.has(name) || specs.has(name)));
    if (withAttributes && hasTransform) {
      return { names: new Map([...names.keys()].map((name) => [name, 'any'])), others: 'any' };
    }
    return { names, others: 'none' };
  }

  function missing(name: string): SluiceError {
    const candidates = [...slots.keys()].slice(0, 1000);
    const near = nearest(name, candidates, (each) => each);
    const hint = near === null ? '' : ` (did you mean '${near}'?)`;
    const shown = columns.slice(0, COLLISIONS_SHOWN).map(({ header }) => header);
    return new SluiceError(
      'column-missing',
      `The header has no column '${name}'${hint}, which a rule of dataset '${dataset.name}' needs. It has: ${shown.join(', ')}. Fix the header, or the rule in datasets/${dataset.name}.yaml; if files may lack the column, declare it with optional: true.`,
      { data: { missing: [name] } },
    );
  }
}

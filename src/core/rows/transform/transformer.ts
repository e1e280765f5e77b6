import type { Dataset } from '../../dataset/dataset.ts';
import { refuse } from '../../types/column-type.ts';
import type { HeaderMatch } from '../header/match-header.ts';
import { MAX_ROW_ITEMS } from '../item.ts';
import { valueNode } from '../items/layout.ts';
import type { RowPlan } from '../plan/row-plan.ts';
import type { ImportFacts, RowState } from '../row-state.ts';
import { ABSENT, growSlots } from '../values/values.ts';
import { createRowShape, isAsGiven, type Member, type RowShape } from './row-shape.ts';
import { createValueWriter, TransformFault } from './value-writer.ts';

/** A dataset's `transform`: rows in, rows out. */
export type Transform = (row: Readonly<Record<string, unknown>>, context: TransformContext) => unknown;

export type TransformContext = {
  readonly file: string;
  readonly line: number;
  readonly import: string;
  readonly imported_at: string;
};

export type Transformer = {
  /** Calls the transform with the row of the values. Returns the number of rows that it made, or -1: `row.refusals` say why not. */
  run(state: RowState): number;
  /** Puts the values of one of those rows into their slots. False: `row.refusals` say what is wrong with them. */
  load(state: RowState, index: number): boolean;
};

/** Names that transforms make beside those that the dataset knows, over all rows of a file. */
const MOST_NEW_NAMES = 4096;
const MOST_REASON = 500;

export function createTransformer(options: {
  dataset: Dataset;
  match: HeaderMatch;
  plan: RowPlan;
  facts: ImportFacts;
  run: Transform;
}): Transformer {
  const { match, plan, facts, dataset } = options;
  const { slots, items } = plan;
  const shape: RowShape = createRowShape(dataset, match, plan);
  const writer = createValueWriter();
  /** Names that only transforms have made. */
  const made = new Map<string, number>();
  const columns = new Set(shape.members.map(({ slot }) => slot));
  let rows: readonly Readonly<Record<string, unknown>>[] = [];
  /** What the values of the cells are, before a row that the transform made replaces them. */
  let kept = {
    starts: new Int32Array(0),
    ends: new Int32Array(0),
    sizes: new Int32Array(0),
    tags: new Uint8Array(0),
    defaulted: new Uint8Array(0),
  };

  return { run, load };

  function run(state: RowState): number {
    const { row, values } = state;
    const { file, importId, importedAt } = facts;
    const context = { file, line: state.line, import: importId, imported_at: importedAt };
    let result: unknown;
    try {
      result = options.run(shape.build(state), context);
    } catch (error) {
      return refuse(row, 'transform-failed', `transform: ${messageOf(error)}`);
    }
    const found = result === undefined || result === null ? [] : Array.isArray(result) ? result : [result];
    if (found.length > MAX_ROW_ITEMS) {
      return refuse(
        row,
        'too-many-items',
        `transform returned ${found.length} rows; at most ${MAX_ROW_ITEMS} are allowed`,
      );
    }
    if (!found.every(isRow)) {
      const what = found.some((each) => each instanceof Promise)
        ? 'a promise: it must not be async'
        : 'what is no row';
      return refuse(row, 'transform-failed', `transform returned ${what}`);
    }
    rows = found;
    const { starts, ends, sizes, tags, defaulted } = values;
    kept = {
      starts: starts.slice(),
      ends: ends.slice(),
      sizes: sizes.slice(),
      tags: tags.slice(),
      defaulted: defaulted.slice(),
    };
    return found.length;
  }

  function load(state: RowState, index: number): boolean {
    const { values } = state;
    for (const name of ['starts', 'ends', 'sizes', 'tags', 'defaulted'] as const)
      values[name].set(kept[name]);
    // Facts of the row stay; what the transform does not return is not there.
    for (const slot of columns) values.tags[slot] = ABSENT;
    for (const slot of made.values()) values.tags[slot] = ABSENT;
    try {
      const row = rows[index]!;
      for (const name of Object.keys(row)) place(state, name, row[name]);
      return true;
    } catch (error) {
      if (!(error instanceof TransformFault)) throw error;
      refuse(state.row, 'transform-failed', `transform returned ${error.message}`);
      return false;
    }
  }

  function place(state: RowState, name: string, value: unknown): void {
    if (value === undefined) return;
    const member = shape.find(name);
    if (member === null) return writer.write(state, slotOf(state, name), name, value, null);
    if ('slot' in member) return restoreOrWrite(state, member, name, value);
    if (value === null) return;
    if (typeof value !== 'object' || Array.isArray(value))
      throw new TransformFault(`'${name}' that is no object`);
    for (const [inner, each] of Object.entries(value)) {
      const path = `${name}.${inner}`;
      const below = member.members.get(inner);
      if (below === undefined) throw new TransformFault(`'${path}', which no column is`);
      if (each === undefined) continue;
      if (!('slot' in below)) throw new TransformFault(`'${path}' deeper than two levels`);
      restoreOrWrite(state, below, path, each);
    }
  }

  function restoreOrWrite(state: RowState, member: Member, name: string, value: unknown): void {
    const { slot, given, spec } = member;
    // What is returned as it was given is stored as the cell says: exactly.
    if (isAsGiven(given, value)) state.values.tags[slot] = kept.tags[slot]!;
    else writer.write(state, slot, name, value, spec);
  }

  function slotOf(state: RowState, name: string): number {
    const known = made.get(name);
    if (known !== undefined) return known;
    if (made.size >= MOST_NEW_NAMES)
      throw new TransformFault(`more than ${MOST_NEW_NAMES} different names in this file`);
    const slot = slots.known(name) ?? slots.add();
    made.set(name, slot);
    growSlots(state.values, slots.count);
    for (const item of items) {
      const isThere =
        item.others.some((node) => node.name === name) || item.keyNodes.some((node) => node.name === name);
      if (!isThere && item.takes(name)) item.others.push(valueNode(name, slot));
    }
    return slot;
  }
}

function isRow(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date || value instanceof Map || value instanceof Set || value instanceof Promise)
  );
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.length > MOST_REASON ? `${text.slice(0, MOST_REASON)}…` : text;
}

import type { Dataset } from '../../dataset/dataset.ts';
import { kindOfColumn, type ValueKind } from '../../expressions/scope.ts';
import type { CellSpec } from '../../types/column-spec.ts';
import type { HeaderMatch } from '../header/match-header.ts';
import type { RowPlan } from '../plan/row-plan.ts';
import type { RowState } from '../row-state.ts';
import { valueJson, valueText } from '../values/value-text.ts';
import { FIRST_TAG, TAGS } from '../values/values.ts';

/** The object that a transform gets for a row: columns by `as`, nested as in the item. */
export type RowShape = {
  build(state: RowState): Record<string, unknown>;
  /** The column or map of that name; null: the transform has made it. */
  find(name: string): Member | Group | null;
  readonly members: readonly Member[];
};

/** A column. `given` is what the transform got for the row, and of what it can change a copy. */
export type Member = {
  readonly slot: number;
  readonly spec: CellSpec;
  readonly kind: ValueKind;
  /** The slot that is read for it: of a datetime, its milliseconds. */
  readonly reads: number;
  readonly given: { value: unknown; copy: number | readonly unknown[] };
};
export type Group = { readonly members: ReadonlyMap<string, Member | Group> };
type OpenGroup = { members: Map<string, Member | OpenGroup> };

export function createRowShape(dataset: Dataset, match: HeaderMatch, plan: RowPlan): RowShape {
  const root: OpenGroup = { members: new Map() };
  const members: Member[] = [];
  for (const { name, path, spec } of match.columns) {
    const slot = plan.slots.known(name)!;
    const kind = kindOfColumn(spec, dataset.format);
    const member = {
      slot,
      spec,
      kind,
      reads: plan.instants.get(name) ?? slot,
      given: { value: null, copy: 0 },
    };
    members.push(member);
    let group = root;
    for (const part of path.slice(0, -1)) {
      const known = group.members.get(part);
      const next: OpenGroup = known !== undefined && 'members' in known ? known : { members: new Map() };
      group.members.set(part, next);
      group = next;
    }
    group.members.set(path.at(-1)!, member);
  }
  return {
    members,
    find: (name) => root.members.get(name) ?? null,
    build: (state) => buildGroup(root, state),
  };
}

function buildGroup(group: Group, state: RowState): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [name, member] of group.members) {
    const value = 'members' in member ? buildGroup(member, state) : valueOf(member, state);
    if (name === '__proto__')
      Object.defineProperty(row, name, { value, enumerable: true, writable: true, configurable: true });
    else row[name] = value;
  }
  return row;
}

function valueOf({ slot, reads, kind, given }: Member, state: RowState): unknown {
  const { values } = state;
  const tag = values.tags[slot]!;
  const value = tag < FIRST_TAG || tag === TAGS.NULL ? null : present();
  given.value = value;
  if (value instanceof Date) given.copy = value.getTime();
  else if (value instanceof Set) given.copy = [...value];
  return value;

  function present(): unknown {
    if (kind === 'instant') return new Date(Number(valueText(values, reads, state.texts)));
    if (tag === TAGS.S) return valueText(values, slot, state.texts) ?? '';
    if (tag === TAGS.N) return numberOf(valueText(values, slot, state.texts)!);
    return fromJson(valueJson(values, slot) as Readonly<Record<string, unknown>>);
  }
}

/** Whether a value is what the transform got: it may have changed dates, sets and bytes. JSON is frozen. */
export function isAsGiven({ value: given, copy }: Member['given'], value: unknown): boolean {
  if (given !== value || value instanceof Uint8Array) return false;
  if (value instanceof Date) return value.getTime() === copy;
  if (!(value instanceof Set)) return true;
  const elements = copy as readonly unknown[];
  return value.size === elements.length && elements.every((each) => value.has(each));
}

/** A number if it is exactly that, otherwise a bigint if it is whole, otherwise its text. */
function numberOf(text: string): number | bigint | string {
  const number = Number(text);
  if (String(number) === text) return number;
  return /^-?\d+$/.test(text) ? BigInt(text) : text;
}

function fromJson(value: Readonly<Record<string, unknown>>): unknown {
  const [tag, inner] = Object.entries(value)[0]!;
  switch (tag) {
    case 'N':
      return numberOf(inner as string);
    case 'NULL':
      return null;
    case 'SS':
      return new Set(inner as string[]);
    case 'NS':
      return new Set((inner as string[]).map(numberOf));
    case 'B':
      return Uint8Array.from(atob(inner as string), (character) => character.charCodeAt(0));
    case 'L':
      return Object.freeze((inner as Record<string, unknown>[]).map(fromJson));
    case 'M':
      return Object.freeze(
        Object.fromEntries(
          Object.entries(inner as Record<string, Record<string, unknown>>).map(([name, each]) => [
            name,
            fromJson(each),
          ]),
        ),
      );
    default:
      return inner;
  }
}

import type { Dataset } from '../../dataset/dataset.ts';
import { isDateType, kindOfColumn, type ValueKind } from '../../expressions/scope.ts';
import type { Libraries } from '../../libraries.ts';
import type { WritePlan } from '../../write-plan.ts';
import { type Attribute, type AttributeScope, compileAttribute } from '../attributes/compile-attributes.ts';
import { compileCondition, type Condition } from '../conditions/compile-condition.ts';
import { hasCellRules, type HeaderColumn, type HeaderMatch } from '../header/match-header.ts';
import { createPlans, type ItemRule } from '../items/item-rule.ts';
import type { ImportFacts } from '../row-state.ts';
import { type CellSlot, compileCellSlot } from '../values/cell-slots.ts';
import { compileItem } from './compile-item.ts';
import { createSlots, type Slots } from './slots.ts';

/** Everything that becomes of a row, compiled for a dataset and a header. */
export type RowPlan = {
  readonly slots: Slots;
  /** What the condition reads, and then what chooses the write mode. */
  readonly whereCells: readonly CellSlot[];
  readonly where: Condition | null;
  readonly choiceCells: readonly CellSlot[];
  /** The cells after those, and all attributes; or what is enough if the row only deletes. */
  readonly full: Stage;
  readonly forDelete: Stage;
  readonly items: readonly ItemRule[];
  readonly plans: readonly WritePlan[];
  /** Every cell of the file that is looked at, for the list of faults. */
  readonly columns: readonly { readonly cell: CellSlot; readonly column: HeaderColumn }[];
  /** For a transform: the slots with the milliseconds of datetimes, by name. */
  readonly instants: ReadonlyMap<string, number>;
};

export type Stage = { readonly cells: readonly CellSlot[]; readonly attributes: readonly Attribute[] };

export type RowContext = { readonly facts: ImportFacts; readonly libraries: Libraries };

export function compileRow(dataset: Dataset, match: HeaderMatch, { facts, libraries }: RowContext): RowPlan {
  const { format } = dataset;
  const slots = createSlots(dataset, match);
  const where = dataset.where === null ? null : condition(dataset.where, false);
  const keyNames = keyAttributes(dataset);
  const attributes: Attribute[] = [];
  for (const spec of dataset.attributes) attributes.push(...attributeSteps(spec, slots.add()));
  const plans = createPlans();
  const items = dataset.items.map((item) => {
    const itemWhere = item.where === null ? null : condition(item.where, true);
    const own = new Map(item.attributes.map((spec) => [spec.name, slots.add()]));
    const base = new Map([...own.keys()].map((name) => [name, slots.known(name)]));
    for (const [name, slot] of own) slots.setName(name, slot);
    const steps = item.attributes.flatMap((spec) => attributeSteps(spec, own.get(spec.name)!));
    const rule = compileItem({
      dataset,
      match,
      item,
      slots,
      steps,
      attributes,
      plans,
      own,
      where: itemWhere,
    });
    for (const [name, slot] of base) if (slot !== undefined) slots.setName(name, slot);
    return rule;
  });
  // Columns: those that are read are written in one way; those that nobody needs are not looked at.
  const read = readSlots(
    [where, ...items.map((item) => item.where)],
    [...attributes, ...items.flatMap((item) => item.attributes)],
    items,
  );
  const columns = match.columns
    .filter((column) => isNeeded(column, read.has(slots.known(column.name)!), dataset))
    .map((column) => {
      const slot = slots.known(column.name)!;
      const isCanonical = read.has(slot) || dataset.transform !== null;
      return {
        column,
        cell: compileCellSlot({ field: column.field, slot }, column.spec, format, isCanonical),
      };
    });
  const isInstant = ({ spec }: HeaderColumn): boolean => kindOfColumn(spec, format) === 'instant';
  const instants = new Map(
    dataset.transform === null
      ? []
      : match.columns.filter(isInstant).map(({ name }) => [name, slots.derived(name, 'epoch_ms')]),
  );
  return stagesOf();

  function attributeSteps(spec: Dataset['attributes'][number], slot: number): readonly Attribute[] {
    const before: Attribute[] = [];
    const scope: AttributeScope = {
      names: slots.names(before),
      facts,
      format,
      addSlot: () => slots.add(),
      isKey: (name) => keyNames.has(name),
    };
    const steps = compileAttribute(spec, slot, scope);
    slots.setName(spec.name, slot);
    return [...before, ...steps];
  }

  function condition(expression: string, withAttributes: boolean): Condition {
    const direct = !withAttributes || dataset.transform === null;
    return compileCondition(expression, slots.scope(withAttributes), libraries, (name, kind) =>
      direct ? comparable(name, kind) : slots.slotOf(name),
    );
  }

  /** Instants are compared as milliseconds; dates and times as texts that sort, however they are stored. */
  function comparable(name: string, kind: ValueKind): number {
    const spec = match.columns.find((column) => column.name === name)?.spec;
    if (spec === undefined) return slots.slotOf(name);
    if (kind === 'instant') return slots.derived(name, 'epoch_ms');
    return isDateType(spec) && spec.store !== undefined ? slots.derived(name, 'iso') : slots.slotOf(name);
  }

  function stagesOf(): RowPlan {
    const cells = [...columns.map(({ cell }) => cell), ...slots.derivedCells];
    const first = new Set(where?.reads);
    const chosen = new Set(items.flatMap(({ choice }) => ('slot' in choice ? [choice.slot] : [])));
    const rest = cells.filter(({ slot }) => !first.has(slot) && !chosen.has(slot));
    const needed = neededForDelete(items, attributes);
    return {
      slots,
      whereCells: cells.filter(({ slot }) => first.has(slot)),
      where,
      choiceCells: cells.filter(({ slot }) => !first.has(slot) && chosen.has(slot)),
      full: { cells: rest, attributes },
      forDelete: {
        cells: rest.filter(({ slot }) => needed.has(slot)),
        attributes: attributes.filter(({ slot }) => needed.has(slot)),
      },
      items,
      plans: plans.list,
      columns,
      instants,
    };
  }
}

/** A column that is declared with rules is checked even if nothing uses it. */
function isNeeded({ isStored, spec }: HeaderColumn, isRead: boolean, dataset: Dataset): boolean {
  if (isStored || isRead || dataset.transform !== null) return true;
  return hasCellRules(spec);
}

/** Names of attributes that are keys of the table or of an index. */
function keyAttributes({ key, table }: Dataset): ReadonlySet<string> {
  const names = new Set([key.partition.name]);
  if (key.sort !== null) names.add(key.sort.name);
  for (const { partition_key, sort_key } of Object.values(table.indexes)) {
    names.add(partition_key.name);
    if (sort_key !== null) names.add(sort_key.name);
  }
  return names;
}

function readSlots(
  conditions: readonly (Condition | null)[],
  attributes: readonly Attribute[],
  items: readonly ItemRule[],
): ReadonlySet<number> {
  const read = new Set<number>();
  for (const condition of conditions) for (const slot of condition?.reads ?? []) read.add(slot);
  for (const { reads } of attributes) for (const slot of reads) read.add(slot);
  for (const { keys, indexKeys, choice, newerBy } of items) {
    for (const { node } of keys) read.add(node.slot);
    for (const { slot } of indexKeys) read.add(slot);
    if (newerBy !== null) read.add(newerBy.slot);
    if ('slot' in choice) read.add(choice.slot);
  }
  return read;
}

/** The slots that are needed if all items of a row are deletes. */
function neededForDelete(items: readonly ItemRule[], attributes: readonly Attribute[]): ReadonlySet<number> {
  const needed = new Set<number>();
  for (const { keys, newerBy, where, attributes: own } of items) {
    for (const { node } of keys) needed.add(node.slot);
    if (newerBy !== null) needed.add(newerBy.slot);
    for (const slot of where?.reads ?? []) needed.add(slot);
    for (const { reads } of own) for (const slot of reads) needed.add(slot);
  }
  for (const { slot, reads } of attributes.toReversed()) {
    if (needed.has(slot)) for (const each of reads) needed.add(each);
  }
  return needed;
}

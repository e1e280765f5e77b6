import type { RecordReader } from '../csv/record-reader.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Fault } from '../fault.ts';
import { createRow, moveRow, REFUSED, type Refusal, type Row } from '../types/column-type.ts';
import type { Attribute } from './attributes/compile-attributes.ts';
import { FAILS, HOLDS } from './conditions/compile-condition.ts';
import type { HeaderMatch } from './header/match-header.ts';
import type { Room } from './item.ts';
import type { ItemRule } from './items/item-rule.ts';
import { createItemWriter } from './items/item-writer.ts';
import { type MapResult, MAPPED, type Mapping, type MappingContext, SKIPPED } from './mapping.ts';
import { compileRow } from './plan/row-plan.ts';
import { limitFaults, MAX_FAULTS, recordFault } from './rejects/refusals.ts';
import { writeRowFacts } from './row-facts.ts';
import type { RowState } from './row-state.ts';
import { createTransformer } from './transform/transformer.ts';
import { type CellSlot, writeCellSlot } from './values/cell-slots.ts';
import { createTextCache, valueText } from './values/value-text.ts';
import { clearValues, createValues, growSlots } from './values/values.ts';

/** No plan: the row is refused. */
const NO_PLAN = -1;
/** The values of a row's computed attributes take at most so much memory. */
const MAX_COMPUTED_BYTES = 32 * 1024 * 1024;

/** The mapping of every dataset. Each value is written once, and items are put together from the values' bytes. */
export function compileGeneralMapping(
  dataset: Dataset,
  header: readonly string[],
  match: HeaderMatch,
  context: MappingContext,
): Mapping {
  const plan = compileRow(dataset, match, context);
  const { slots, where, items } = plan;
  const values = createValues(slots.count);
  const state: RowState = { row: null as unknown as Row, values, texts: createTextCache(), line: 0 };
  const writer = createItemWriter(plan.plans);
  const transformer =
    context.transform === null
      ? null
      : createTransformer({ dataset, match, plan, facts: context.facts, run: context.transform });
  const firstField = match.columns[0]?.field ?? 0;
  const lastField = match.columns.at(-1)?.field ?? -1;
  /** The plan of each item for the row. */
  const chosen = items.map(() => 0);
  let faults: readonly Fault[] = [];

  return {
    map,
    items: writer.items,
    plans: plan.plans,
    get itemCount() {
      return writer.count;
    },
    get faults() {
      return faults;
    },
  };

  function map(reader: RecordReader, bytes: Uint8Array, room: Room, line: number): MapResult {
    if (reader.fault !== null || reader.fieldCount !== header.length) {
      return refuseRow([recordFault(reader, header, dataset.format)]);
    }
    const row = moveTo(reader, bytes);
    state.line = line;
    clearValues(values);
    growSlots(values, slots.count);
    if (!writeCells(row, plan.whereCells)) return refuseCells(row);
    if (where !== null) {
      const verdict = where.test(state);
      if (verdict === FAILS) return SKIPPED;
      if (verdict !== HOLDS) return refuseAs('');
    }
    if (!writeCells(row, plan.choiceCells)) return refuseCells(row);
    const isDelete = choosePlans();
    if (isDelete === null) return REFUSED;
    const stage = isDelete && transformer === null ? plan.forDelete : plan.full;
    if (!writeCells(row, stage.cells)) return refuseCells(row);
    writeRowFacts(state, slots.facts, firstField, lastField);
    writer.begin(room);
    if (transformer === null) {
      if (!makeItems(stage.attributes)) return REFUSED;
    } else {
      const rows = transformer.run(state);
      if (rows < 0) return refuseAs('');
      for (let index = 0; index < rows; index++) {
        if (!transformer.load(state, index)) return refuseAs('');
        if (!makeItems(stage.attributes)) return REFUSED;
      }
    }
    return writer.count === 0 ? SKIPPED : MAPPED;
  }

  function moveTo(reader: RecordReader, bytes: Uint8Array): Row {
    const { row } = state;
    if (row === null) return (state.row = createRow(reader, bytes, values.words.bytes));
    moveRow(row, reader, bytes, row.to.bytes);
    return row;
  }

  function writeCells(row: Row, cells: readonly CellSlot[]): boolean {
    for (let index = 0; index < cells.length; index++) {
      if (!writeCellSlot(row, values, cells[index]!)) return false;
    }
    return true;
  }

  /** Whether all items are deleted; null: the row is refused. */
  function choosePlans(): boolean | null {
    let isDelete = true;
    for (let index = 0; index < items.length; index++) {
      const number = planOf(items[index]!);
      if (number === NO_PLAN) return null;
      chosen[index] = number;
      if (plan.plans[number]!.kind !== 'delete') isDelete = false;
    }
    return isDelete;
  }

  function planOf({ choice }: ItemRule): number {
    if ('plan' in choice) return choice.plan;
    const word = valueText(values, choice.slot, state.texts) ?? '';
    const number = choice.plans.get(word);
    if (number !== undefined) return number;
    const reason = `${JSON.stringify(word.slice(0, 60))} is none of ${[...choice.plans.keys()].join(', ')}`;
    refuseRow([{ code: 'op-unknown', column: choice.column, reason }]);
    return NO_PLAN;
  }

  /** False: the row is refused. */
  function makeItems(attributes: readonly Attribute[]): boolean {
    if (!computeAll(attributes)) return false;
    for (let index = 0; index < items.length; index++) {
      const rule = items[index]!;
      if (rule.where !== null) {
        const verdict = rule.where.test(state);
        if (verdict === FAILS) continue;
        if (verdict !== HOLDS) return !refuseAs('');
      }
      if (!computeAll(rule.attributes)) return false;
      const fault = writer.add(state, rule, chosen[index]!);
      if (fault !== null) return !refuseRow([fault]);
    }
    return true;
  }

  function computeAll(attributes: readonly Attribute[]): boolean {
    for (let index = 0; index < attributes.length; index++) {
      const { compute, name } = attributes[index]!;
      if (!compute(state)) return !refuseAs(name);
      if (values.used <= MAX_COMPUTED_BYTES) continue;
      state.row.refusals = [
        { code: 'item-too-large', reason: `the row's values take over ${MAX_COMPUTED_BYTES} bytes` },
      ];
      return !refuseAs(name);
    }
    return true;
  }

  /** Collects the faults of all cells: they are written again for it. */
  function refuseCells(row: Row): MapResult {
    const found: Fault[] = [];
    for (const { cell, column } of plan.columns) {
      if (!writeCellSlot(row, values, cell)) found.push(...faultsOf(column.header, row.refusals));
      if (found.length > MAX_FAULTS) break;
    }
    return refuseRow(found);
  }

  function refuseAs(column: string): MapResult {
    return refuseRow(faultsOf(column, state.row.refusals));
  }

  function refuseRow(found: readonly Fault[]): typeof REFUSED {
    faults = limitFaults(found);
    return REFUSED;
  }
}

function faultsOf(column: string, refusals: readonly Refusal[]): Fault[] {
  return refusals.map((refusal) => ({ column, ...refusal }));
}

import { mayBeKey } from '../../types/check-spec.ts';
import { type Problem, shown } from '../reading/problem.ts';
import type { ResolvedDocument } from '../resolved/resolved-document.ts';
import { rowNames } from '../resolved/row-names.ts';
import type { WriteSpec } from '../resolved/write-spec.ts';
import type { DatasetDocument, WriteDocument } from '../schema/document.ts';

/** What does not fit together in `write` of the dataset and of its items. */
export function writeProblems(document: DatasetDocument, dataset: ResolvedDocument): readonly Problem[] {
  const names = rowNames(dataset);
  const problems: Problem[] = [];
  check(document.write, dataset.write, ['write'], new Set());
  for (const item of dataset.items) {
    const written = document.items[item.name]?.write;
    if (written === undefined) continue;
    const own = new Set(item.attributes.map(({ name }) => name));
    check(written, item.write, ['items', item.name, 'write'], own);
  }
  return [...problems, ...removals(document, dataset)];

  function check(
    written: WriteDocument,
    spec: WriteSpec,
    path: readonly string[],
    own: ReadonlySet<string>,
  ): void {
    const tell = (field: keyof WriteSpec, text: string): void => {
      problems.push({ path: [...path, field], at: 'value', text });
    };
    const { op_column, ops, newer_by } = spec;
    if (op_column !== null && Object.keys(ops ?? {}).length === 0) {
      tell('op_column', 'needs ops: the modes by its values, such as { I: put, D: delete }');
    }
    if (op_column === null && Object.keys(written.ops ?? {}).length > 0) {
      tell('ops', 'needs op_column: the column whose values they are');
    }
    if (written.mode !== undefined && op_column !== null) {
      tell('mode', 'op_column decides the mode of each row; remove one of them');
    }
    const unknownColumn = op_column === null ? null : names.unknown(op_column);
    if (unknownColumn !== null) tell('op_column', unknownColumn);
    const unknownAttribute = newer_by === null || own.has(newer_by) ? null : names.unknown(newer_by);
    if (unknownAttribute !== null) tell('newer_by', unknownAttribute);
    if (newer_by === null) return;
    // An insert that is sent again after a conditional delete of its key would bring the item back.
    if (op_column === null ? spec.mode === 'insert' : Object.values(ops ?? {}).includes('insert')) {
      tell('newer_by', 'an insert never replaces an item, so that nothing is compared; use put or merge');
    }
    const compared = names.specs.get(newer_by);
    if (compared !== undefined && !mayBeKey(compared)) {
      tell(
        'newer_by',
        `${shown(newer_by)} is a ${compared.type}, which has no order. Allowed: numbers, dates and strings`,
      );
    }
    const { partition, sort } = dataset.key;
    if (newer_by === partition.name || newer_by === sort?.name) {
      tell('newer_by', `${shown(newer_by)} is in the table's key: it is equal in both items`);
    }
  }
}

/** Only a merge can remove an attribute: the other modes write the whole item. */
function removals(
  document: DatasetDocument,
  { format, columns, items }: ResolvedDocument,
): readonly Problem[] {
  const merges = items.some(
    ({ write }) => write.mode === 'merge' || Object.values(write.ops ?? {}).includes('merge'),
  );
  if (merges) return [];
  const text = "'remove' is for merges, and nothing here is merged; use omit";
  const problems: Problem[] =
    format.on_null === 'remove' ? [{ path: ['format', 'on_null'], at: 'value', text }] : [];
  for (const [column, spec] of Object.entries(columns)) {
    if (spec.on_null === 'remove') problems.push({ path: ['columns', column, 'on_null'], at: 'value', text });
  }
  for (const [name, attribute] of Object.entries(document.attributes)) {
    if (typeof attribute === 'object' && attribute.on_null === 'remove') {
      problems.push({ path: ['attributes', name, 'on_null'], at: 'value', text });
    }
  }
  return problems;
}

import type { FaultTally } from '../../core/imports/fault-tally.ts';
import type { ImportRecord } from '../../core/imports/import.ts';
import { number } from './import-summary.ts';

/** An import's warnings, and how many rows were rejected with which fault, each with its label. */
export function importNotes({
  warnings,
  faults,
}: Pick<ImportRecord, 'warnings'> & { readonly faults: FaultTally }): readonly (readonly [
  'warning' | 'rejected',
  string,
])[] {
  return [
    ...warnings.map(({ code, text }) => ['warning', `${text} (${code})`] as const),
    ...faults.map(({ code, column, rows }) => {
      const where = column === '' ? '' : ` in ${column}`;
      return ['rejected', `${code}${where}: ${number(rows)} ${rows === 1 ? 'row' : 'rows'}`] as const;
    }),
  ];
}

import { type FaultTally, joinedTally } from '../core/imports/fault-tally.ts';
import type { ChunkRecord, ImportRecord } from '../core/imports/import.ts';
import { number } from './import-summary.ts';

/** What a person should know of an import, each with what it is: its warnings, and how many rows were rejected for what. */
export function importNotes(
  { warnings }: Pick<ImportRecord, 'warnings'>,
  faults: FaultTally,
): readonly (readonly ['warning' | 'rejected', string])[] {
  return [
    ...warnings.map(({ code, text }) => ['warning', `${text} (${code})`] as const),
    ...faults.map(({ code, column, rows }) => {
      const where = column === '' ? '' : ` in ${column}`;
      return ['rejected', `${code}${where}: ${number(rows)} ${rows === 1 ? 'row' : 'rows'}`] as const;
    }),
  ];
}

export function faultsOf(chunks: readonly ChunkRecord[]): FaultTally {
  return joinedTally(chunks.map(({ checkpoint }) => checkpoint.faults ?? []));
}

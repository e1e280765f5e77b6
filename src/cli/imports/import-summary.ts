import type { Counts } from '../../core/imports/counts.ts';
import type { ImportRecord } from '../../core/imports/import.ts';
import type { RepairCount } from '../../core/imports/repairs.ts';
import type { Run } from './load-meter.ts';

/** `read 1,000 = loaded 995 + skipped 0 + rejected 5`: the first promise for rows, with its numbers. */
export function rowsLine({ read, loaded, skipped, rejected }: Counts): string {
  return `read ${number(read)} = loaded ${number(loaded)} + skipped ${number(skipped)} + rejected ${number(rejected)}`;
}

/** `made 995 = written 994 + superseded 1`: the first promise for items. Beside `written`, only what is not 0. */
export function itemsLine(counts: Counts): string {
  const others = (['deleted', 'superseded', 'kept', 'refused'] as const).filter((name) => counts[name] > 0);
  const terms = (['written', ...others] as const).map((name) => `${name} ${number(counts[name])}`);
  return `made ${number(counts.made)} = ${terms.join(' + ')}`;
}

/** `5 of 5`: rejected rows that a later import has loaded. */
export function repairedLine({ rows, of, isComplete }: RepairCount): string {
  return `${isComplete ? '' : 'at least '}${number(rows)} of ${number(of)}`;
}

/** Both in one line. */
export function countsLine({ counts }: Pick<ImportRecord, 'counts'>): string {
  return `rows: ${rowsLine(counts)}; items: ${itemsLine(counts)}`;
}

/** How an import ended, in a line: with the time and rate of the run that ended it, or with its reason. */
export function endingLine(record: ImportRecord, { rows, ms }: Run): string {
  if (record.failure !== null) return `${record.status}: ${record.failure.code}: ${record.failure.reason}`;
  const part = rows < record.counts.read ? `; the last ${number(rows)} rows` : '';
  const rate = ms > 0 ? `, ${number(Math.round((rows / ms) * 1000))} rows/s` : '';
  return `${record.status}${part} in ${duration(ms)}${rate}`;
}

export function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** A span in one unit: tenths of a second only below 10 s. */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

import type { ImportRecord } from '../core/imports/import.ts';
import type { Run } from './load-meter.ts';

/** `read 1,000 = written 994 + rejected 5 + superseded 1 + skipped 0`: the first promise, with its numbers. */
export function countsLine({ counts }: Pick<ImportRecord, 'counts'>): string {
  const { read, written, rejected, superseded, skipped } = counts;
  return `read ${number(read)} = written ${number(written)} + rejected ${number(rejected)} + superseded ${number(superseded)} + skipped ${number(skipped)}`;
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

import type { ImportRecord } from '../core/import.ts';

/** `read 1,000 = written 994 + rejected 5 + superseded 1 + skipped 0`: the first promise, with its numbers. */
export function countsLine({ counts }: Pick<ImportRecord, 'counts'>): string {
  const { read, written, rejected, superseded, skipped } = counts;
  return `read ${number(read)} = written ${number(written)} + rejected ${number(rejected)} + superseded ${number(superseded)} + skipped ${number(skipped)}`;
}

/** How an import ended, in a line: with its time, its rate, or its reason. */
export function endingLine(record: ImportRecord): string {
  if (record.failure !== null) return `${record.status}: ${record.failure.code}: ${record.failure.reason}`;
  const seconds = ((record.endedAtMs ?? 0) - (record.startedAtMs ?? record.queuedAtMs)) / 1000;
  const rate = seconds > 0 ? `, ${number(Math.round(record.counts.read / seconds))} rows/s` : '';
  return `${record.status} in ${seconds.toFixed(1)} s${rate}`;
}

export function number(value: number): string {
  return value.toLocaleString('en-US');
}

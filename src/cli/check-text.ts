import type { CheckReport } from '../engine/check/check.ts';
import type { CostEstimate, Range } from '../core/cost/load-cost.ts';
import { PARTITION_UNITS } from '../core/cost/load-cost.ts';
import { duration, number } from './imports/import-summary.ts';
import { wrap } from './wrap.ts';

const INDENT = ' '.repeat(11);
const MOST_EXAMPLES = 3;
const MOST_FAULTS = 20;

/** A report in lines of at most `width` columns (null: of any length). */
export function checkText(report: CheckReport, width: number | null): readonly string[] {
  const { rows, items, failure } = report;
  const sample = report.isSample ? ` (a sample: the first ${number(rows.read)} rows)` : '';
  return [
    `${report.file} → ${report.dataset}${sample}`,
    ...(failure === null ? [] : wrap(`cannot be loaded: ${failure.reason} (${failure.code})`, width, '  ')),
    `  rows     ${number(rows.read)} read: ${number(rows.loaded)} loaded, ${number(rows.skipped)} skipped, ${number(rows.rejected)} rejected`,
    `  items    ${number(items.made)}, with ${number(items.distinctKeys)} different keys`,
    ...(items.made === 0 ? [] : itemLines(report, width)),
    ...faultLines(report, width),
    ...report.warnings.flatMap(({ text }) => labelled('warning', text, width)),
  ];
}

function itemLines(report: CheckReport, width: number | null): readonly string[] {
  const { duplicates, sizes, units, cost, hotKeys } = report;
  const lines: string[] = [];
  if (duplicates.keys > 0) {
    const text = `${counted(duplicates.keys, 'key')} more than once; of each, the last row is what the table holds`;
    lines.push(...labelled('repeated', text, width));
    for (const { lines: at, items } of duplicates.examples.slice(0, MOST_EXAMPLES))
      lines.push(`           lines ${at.map(number).join(', ')}${items > at.length ? ' …' : ''}`);
  }
  if (sizes !== null) {
    const { least, median, p99, greatest, nearLimit } = sizes;
    const near = nearLimit === 0 ? '' : `; ${counted(nearLimit, 'item')} near the limit of 400 KB`;
    lines.push(
      `  bytes    least ${number(least)}, median ${number(median)}, 99% ${number(p99)}, most ${number(greatest)}${near}`,
    );
  }
  if (units === null) {
    const text = 'depend on what the table holds: the dataset inserts, merges, or compares items (newer_by)';
    lines.push(...labelled('units', text, width));
  } else lines.push(`  units    ${rangeText(units, number)} write units, if the table is empty`);
  const [hottest] = hotKeys;
  if (hottest !== undefined && hottest.most > PARTITION_UNITS) {
    const { key, least, most } = hottest;
    const seconds = duration((least / PARTITION_UNITS) * 1000);
    const limit = `a partition takes ${number(PARTITION_UNITS)} a second`;
    const end = duplicates.items === 0 ? `${limit}, so at least ${seconds}` : limit;
    const text = `${key}: ${rangeText({ least, most }, number)} units if all items are written; ${end}`;
    lines.push(...labelled('hot key', text, width));
  }
  if (cost === null) return lines;
  lines.push(`  estimate ${cost.region}, prices of ${cost.asOf}; without indexes and storage`);
  if (cost.asDeclared !== null) lines.push(costLine('as declared', cost.asDeclared));
  lines.push(costLine('on demand', cost.onDemand));
  lines.push(costLine('in an hour', cost.withinHour));
  return lines;
}

function costLine(what: string, { writeUnits, seconds, dollars }: CostEstimate): string {
  const setting = writeUnits === null ? '' : `, ${counted(writeUnits, 'write unit')} a second`;
  const time = rangeText(seconds, (value) => duration(value * 1000));
  return `           ${what.padEnd(12)}${rangeText(dollars, dollarText)}, ${time}${setting}`;
}

function faultLines({ faults }: CheckReport, width: number | null): readonly string[] {
  const lines = faults
    .slice(0, MOST_FAULTS)
    .flatMap(({ code, column, rows, examples }) => [
      `  rejected ${counted(rows, 'row')}: ${code}${column === '' ? '' : ` in ${column}`}`,
      ...examples
        .slice(0, MOST_EXAMPLES)
        .flatMap(({ line, reason }) => labelled('', `line ${number(line)}: ${reason}`, width)),
    ]);
  const further = faults.length - MOST_FAULTS;
  return further > 0 ? [...lines, `  ${number(further)} further reasons: see --json`] : lines;
}

/** The text behind a label, in lines of which the later ones are indented as far. */
function labelled(label: string, text: string, width: number | null): readonly string[] {
  const [first = '', ...others] = wrap(text, width, INDENT);
  return [`  ${label}`.padEnd(INDENT.length) + first.slice(INDENT.length), ...others];
}

/** One number where both ends show the same. */
function rangeText({ least, most }: Range, text: (value: number) => string): string {
  const [from, to] = [text(least), text(most)];
  return from === to ? from : `${from} to ${to}`;
}

function dollarText(dollars: number): string {
  return dollars < 0.01 ? 'under $0.01' : `$${dollars.toFixed(2)}`;
}

function counted(count: number, what: string): string {
  return `${number(count)} ${what}${count === 1 ? '' : 's'}`;
}

import { stringify } from 'yaml';
import { DEFAULT_FORMAT, type Format } from '../csv/format.ts';
import type { ColumnSpec } from '../types/column-spec.ts';
import type { InferredColumn } from './inference.ts';

const FORMAT_OPTIONS = [
  'encoding',
  'delimiter',
  'quote',
  'escape',
  'backslash_escapes',
  'stray_quotes',
  'line_end',
  'comment',
  'skip_lines',
  'skip_footer',
  'short_rows',
  'long_rows',
  'header',
  'names',
  'blank_names',
  'duplicate_names',
  'trim',
] as const satisfies readonly (keyof Format)[];
const LONGEST_SHOWN = 40;

/** The text of a dataset's document: what the file needs, and comments that say what a person should decide. */
export function documentText(found: {
  readonly fileName: string;
  readonly prefix: string;
  readonly format: Format;
  readonly columns: readonly InferredColumn[];
  readonly key: string | null;
  readonly sampleBytes: number | null;
}): string {
  const { fileName, prefix, format, columns, key, sampleBytes } = found;
  const lines = [`# Written by 'sluice infer' from ${comment(fileName)}`];
  if (sampleBytes !== null) {
    lines.push(`# A sample: only the first ${sampleBytes} bytes were read. Rows behind them may not fit.`);
  }
  lines.push('# Objects of the bucket whose key begins so belong to this dataset.');
  lines.push(`source: { prefix: ${value(prefix)} }`);
  const options = FORMAT_OPTIONS.filter(
    (name) =>
      JSON.stringify(format[name]) !== JSON.stringify(DEFAULT_FORMAT[name]) && !isImplied(name, format),
  );
  if (options.length > 0) lines.push('format:');
  for (const name of options) lines.push(`  ${name}: ${optionText(name, format)}`);
  const shown = columns.filter(
    ({ spec, note, evidence }) => spec !== null || note !== null || evidence.counterexample !== null,
  );
  if (shown.some(({ spec }) => spec !== null)) lines.push('columns:');
  else if (shown.length > 0) lines.push('# Every column is a string.');
  const indent = shown.some(({ spec }) => spec !== null) ? '  ' : '';
  for (const column of shown) lines.push(...columnLines(column).map((line) => indent + line));
  lines.push(...tableLines(key));
  return `${lines.join('\n')}\n`;
}

/** `escape` follows `quote` if the document does not say it. */
function isImplied(name: keyof Format, { escape, quote }: Format): boolean {
  return name === 'escape' && (escape === quote || quote === null);
}

function optionText(name: (typeof FORMAT_OPTIONS)[number], format: Format): string {
  if (name === 'delimiter' && format.delimiter === '\t') return 'tab';
  if (name === 'quote' && format.quote === null) return 'none';
  return value(format[name]);
}

function columnLines({ name, spec, note, evidence }: InferredColumn): readonly string[] {
  const { counterexample, nearest, share } = evidence;
  const lines: string[] = [];
  if (note !== null) lines.push(`# ${comment(name)}: ${comment(note)}`);
  if (counterexample !== null && note === null) {
    const text = JSON.stringify(counterexample.text.slice(0, LONGEST_SHOWN));
    lines.push(
      `# ${comment(name)}: a string, because line ${counterexample.line} has ${comment(text)}; ${percent(share)} of its values are of type ${nearest}`,
    );
  }
  if (spec !== null) lines.push(`${value(name)}: ${specText(spec)}`);
  return lines;
}

function specText(spec: ColumnSpec): string {
  return Object.keys(spec).length === 1 && spec.type !== undefined ? spec.type : value(withoutLists(spec));
}

/** A list of one value is that value. */
function withoutLists(spec: ColumnSpec): unknown {
  return Object.fromEntries(
    Object.entries(spec).map(([name, each]) => [
      name,
      Array.isArray(each) && each.length === 1 ? (each[0] as unknown) : (each as unknown),
    ]),
  );
}

function tableLines(key: string | null): readonly string[] {
  if (key === null) {
    return [
      '# No column was found that identifies a row. By $row_hash, equal rows are one item. If a column identifies rows, name it here.',
      "attributes: { row: '${$row_hash}' }",
      'table: { partition_key: row }',
    ];
  }
  return ['# Every row that was read has another value in it.', `table: { partition_key: ${value(key)} }`];
}

function value(of: unknown): string {
  return stringify(of, { collectionStyle: 'flow', lineWidth: 0, defaultStringType: 'PLAIN' }).trimEnd();
}

/** Cells and names come from files that anyone may have written: no line break ends the comment. */
function comment(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, ' ');
}

/** Never 100% of what is not all. */
function percent(share: number): string {
  return `${(Math.floor(share * 1000) / 10).toString()}%`;
}

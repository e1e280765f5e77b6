import { cpus } from 'node:os';
import type { Measure } from './measure.ts';
import type { Reading } from './reading.ts';
import type { LoaderLine } from './speed.ts';
import type { Panel } from './throughput-plot.ts';

/** What a run of the benchmarks has found. */
export type Findings = {
  readonly measures: readonly Measure[];
  readonly loaders: readonly LoaderLine[];
  readonly reading: Reading;
  readonly panels: readonly Panel[];
  /** How it was run. */
  readonly command: string;
  readonly rounds: number;
};

export function machine(): { cores: number; cpu: string; node: string } {
  const processors = cpus();
  return {
    cores: processors.length,
    cpu: processors[0]?.model.trim() ?? 'unknown',
    node: process.version,
  };
}

/** The one object of `--json`. */
export function findingsJson({ measures, loaders }: Findings): string {
  return JSON.stringify({
    machine: machine(),
    measures: Object.fromEntries(
      measures.map(({ name, value, unit, target, bound, ratio }) => [
        name,
        { value: significant(value), unit, target, bound, ratio: ratio === null ? null : significant(ratio) },
      ]),
    ),
    loaders: Object.fromEntries(
      loaders.map(({ name, run, reason }) => [name, run === null ? { absent: reason } : run]),
    ),
  });
}

/** `bench/RESULTS.md`, and what is printed. */
export function findingsMarkdown({ measures, loaders, reading, command, rounds }: Findings): string {
  const { cores, cpu, node } = machine();
  const ours = loaders[0]?.run?.rowsPerCpuSecond ?? 0;
  return [
    '# Results of the benchmarks',
    '',
    `\`${command}\` on ${cores} cores of ${cpu}, Node ${node}; medians of ${rounds} runs, in turns. Methods: [docs/performance.md](../docs/performance.md).`,
    '',
    '## Targets',
    '',
    ...table(
      ['measure', 'value', 'target', 'ratio'],
      measures
        .filter(({ target }) => target !== null)
        .map(({ description, value, unit, target, bound, ratio }) => [
          description,
          `${number(value)} ${unit}`.trim(),
          `${bound} ${number(target!)} ${unit}`.trim(),
          ratio!.toFixed(2),
        ]),
    ),
    '',
    'A ratio of at least 1 means that the target is reached.',
    '',
    '## Loaders compared',
    '',
    ...table(
      ['loader', 'rows per CPU-second', 'rows per second', 'peak RSS', 'Sluice is faster by'],
      loaders.map(({ name, run, reason }) =>
        run === null
          ? [name, `absent: ${reason ?? ''}`, '', '', '']
          : [
              name,
              number(run.rowsPerCpuSecond),
              number(run.rowsPerSecond),
              run.peakRssBytes === null ? '' : `${number(run.peakRssBytes / 1e6)} MB`,
              `${(ours / run.rowsPerCpuSecond).toFixed(2)} ×`,
            ],
      ),
    ),
    '',
    '## CSV readers, every field, MB per CPU-second',
    '',
    ...table(
      ['reader', ...reading.files.map((name) => `${name} file`)],
      reading.lines.map(({ reader, megabytesPerCpuSecond }) => [
        reader,
        ...megabytesPerCpuSecond.map((speed) => number(speed)),
      ]),
    ),
    '',
    '## Throughput over time',
    '',
    '![Write units per second over time, by scenario](throughput.svg)',
    '',
    '## Measures without a target',
    '',
    ...table(
      ['measure', 'value'],
      measures
        .filter(({ target }) => target === null)
        .map(({ description, value, unit }) => [description, `${number(value)} ${unit}`]),
    ),
    '',
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map((_, index) => (index === 0 ? '---' : '--:')), ...rows].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
}

function number(value: number): string {
  return significant(value).toLocaleString('en', { maximumSignificantDigits: 4 });
}

function significant(value: number): number {
  return Number(value.toPrecision(4));
}

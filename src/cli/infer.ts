import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { SluiceError } from '../core/errors.ts';
import type { Inference, InferredColumn } from '../core/infer/inference.ts';
import { infer } from '../engine/infer/infer.ts';
import type { DeploymentOptions } from './deployment.ts';
import { openInputs } from './inputs.ts';
import { print, printError, printJson } from './terminal.ts';

type InferOptions = DeploymentOptions & {
  readonly output?: string;
  readonly force: boolean;
  readonly sample?: string;
  readonly json: boolean;
};

const MOST_SHOWN = 30;

/** Writes the dataset's document for a file, and prints what was found in it, step by step. */
export async function inferFile(path: string, options: InferOptions): Promise<void> {
  const sampleBytes = options.sample === undefined ? null : sizeBytes(options.sample);
  const { inputs, close } = await openInputs([path], options);
  try {
    if (inputs.length !== 1) {
      throw new SluiceError(
        'configuration-invalid',
        `${path} names ${inputs.length} files. Infer from one of them, for example ${inputs[0]?.name}.`,
        { data: { file: path } },
      );
    }
    const file = inputs[0]!;
    const found = await infer(file, { name: datasetName(options.output ?? file.name), sampleBytes });
    if (options.output !== undefined) await writeDocument(options.output, found.document, options.force);
    if (options.json) printJson(found);
    else show(found, options.output);
  } finally {
    await close();
  }
}

/** The dataset's name: the file's, in the letters that a dataset's name may have. */
function datasetName(path: string): string {
  const name = basename(path)
    .replace(/\.(gz|zst)$/i, '')
    .replace(/\.[A-Za-z0-9]+$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 40);
  return name === '' ? 'dataset' : name;
}

async function writeDocument(path: string, text: string, force: boolean): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, text, { flag: force ? 'w' : 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new SluiceError(
      'configuration-invalid',
      `${path} exists. Name another file, or overwrite it with --force.`,
      { data: { file: path }, cause },
    );
  }
}

/** `10mb`, `64kb` or a number of bytes. */
function sizeBytes(text: string): number {
  const found = /^(\d+)(b|kb|mb|gb)?$/i.exec(text.trim());
  const power = ['b', 'kb', 'mb', 'gb'].indexOf((found?.[2] ?? 'b').toLowerCase());
  if (found !== null && Number(found[1]) > 0) return Number(found[1]) * 1024 ** power;
  throw new SluiceError(
    'configuration-invalid',
    `--sample ${text} is no size. Write for example --sample 10mb.`,
  );
}

function show({ document, ...found }: Inference, output: string | undefined): void {
  for (const line of reportLines(found)) printError(line);
  if (output === undefined) document.trimEnd().split('\n').forEach(print);
  else printError(`Wrote ${output}.`);
}

/** The steps, a block each. */
function reportLines(found: Omit<Inference, 'document'>): readonly string[] {
  const { encoding, compression, dialect, header, file, columns, key, sampleBytes } = found;
  const delimiter = dialect.delimiter === '\t' ? 'tab' : JSON.stringify(dialect.delimiter);
  const bytes = encoding.bytes === null ? '' : ` (line ${encoding.bytes.line}: ${encoding.bytes.hex})`;
  return [
    ...(sampleBytes === null ? [] : [`sample       only the first ${sampleBytes} bytes were read`]),
    `encoding     ${encoding.encoding}: ${encoding.reason}${bytes}`,
    ...(encoding.others.length === 0 ? [] : [`             next best: ${encoding.others.join(', ')}`]),
    `compression  ${compression.compression ?? 'none'}: ${compression.reason}`,
    `dialect      delimiter ${delimiter}, quote ${dialect.quote ?? 'none'}: ${dialect.reason}`,
    ...(dialect.runnerUp === null ? [] : [`             next best: ${dialect.runnerUp}`]),
    ...dialect.decidedBy.map(({ line }) => `             line ${line} does not fit that`),
    `header       ${header.rows === 0 ? 'none' : `line ${header.line}`}: ${header.reason}`,
    `rows         ${file.rows}`,
    ...(file.brokenRows === 0 ? [] : [`             ${file.brokenRows} of them are rejected:`]),
    ...file.broken.map(({ line, reason }) => `             line ${line}: ${reason}`),
    `key          ${key ?? 'none found'}`,
    'columns',
    ...columns.slice(0, MOST_SHOWN).map(columnLine),
    ...(columns.length > MOST_SHOWN ? [`  and ${columns.length - MOST_SHOWN} more (--json has all)`] : []),
  ];
}

function columnLine({ name, type, evidence }: InferredColumn): string {
  const { distinct, nulls, range, counterexample, nearest, share } = evidence;
  const parts = [`${distinct} distinct`, `${nulls} null`];
  if (range !== null) parts.push(`${range.least} to ${range.greatest}`);
  if (counterexample !== null) {
    const text = JSON.stringify(counterexample.text.slice(0, 30));
    parts.push(`${Math.floor(share * 1000) / 10}% ${nearest}, but line ${counterexample.line} has ${text}`);
  }
  return `  ${name.slice(0, 30).padEnd(20)} ${type.padEnd(9)} ${parts.join(', ')}`;
}

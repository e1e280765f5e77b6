import type { S3Client } from '@aws-sdk/client-s3';
import { STANDARD_INPUT } from '../core/imports/import.ts';
import type { SpooledFile } from '../node/spooled-file.ts';
import { spool } from '../node/spooled-file.ts';
import { type DeploymentOptions, openS3 } from './deployment.ts';
import { type Input, MOST_INPUTS, tooManyInputs } from './inputs/input.ts';
import { localInputs, spooledInput } from './inputs/local-inputs.ts';
import { parseS3Path, s3Inputs } from './inputs/s3-inputs.ts';
import { isInputTerminal, printError } from './terminal.ts';

export type { Input };

export type OpenInputs = {
  readonly inputs: readonly Input[];
  /** Ends connections, and frees what was kept of streams. */
  readonly close: () => Promise<void>;
};

/**
 * The files that the paths name: each a file, a folder (its files, recursively, without dot files), a glob, `-` (standard
 * input), or `s3://bucket/key-or-prefix`. The paths keep their order; the files of one path are in natural order, so that part-2 comes
 * before part-10. A file that several paths name is there once.
 *
 * Throws `input-missing` if a path names nothing, `file-unreadable`, `access-denied` and the other errors of S3: before any file is
 * loaded.
 */
export async function openInputs(paths: readonly string[], options: DeploymentOptions): Promise<OpenInputs> {
  const spooled: SpooledFile[] = [];
  let client: S3Client | null = null;
  const close = async (): Promise<void> => {
    for (const file of spooled.splice(0)) await file.close();
    client?.destroy();
  };
  try {
    const inputs = new Map<string, Input>();
    for (const path of paths) {
      for (const input of await inputsOf(path))
        inputs.set(input.object.key, inputs.get(input.object.key) ?? input);
      if (inputs.size > MOST_INPUTS) throw tooManyInputs(paths.join(' '));
    }
    return { inputs: [...inputs.values()], close };
  } catch (error) {
    await close();
    throw error;
  }

  async function inputsOf(path: string): Promise<readonly Input[]> {
    if (path === STANDARD_INPUT) {
      if (spooled.some(({ object }) => object.key === STANDARD_INPUT)) return [];
      const file = await spool(standardInput(), STANDARD_INPUT);
      spooled.push(file);
      return [spooledInput(file)];
    }
    const s3Path = parseS3Path(path);
    if (s3Path === null) return localInputs(path, (file) => spooled.push(file));
    client ??= await openS3(options);
    return s3Inputs(client, s3Path);
  }
}

export function isStandardInput({ object }: Input): boolean {
  return object.key === STANDARD_INPUT;
}

function standardInput(): AsyncIterable<Uint8Array> {
  if (isInputTerminal()) printError('Reading standard input. Ctrl-D ends it.');
  return process.stdin;
}

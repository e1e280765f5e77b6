import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { SluiceError } from '../core/errors.ts';

/**
 * The datasets document of a folder of `NAME.yaml` files, as Terraform makes it: what each file holds, by its name.
 * Throws `dataset-invalid` for a file that is not YAML, `file-unreadable` for a folder that can't be read.
 */
export async function readDatasetFiles(folder: string): Promise<Record<string, unknown>> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new SluiceError(
      'file-unreadable',
      `The datasets folder ${folder} can not be read. Make it, or name another with --datasets.`,
      { cause },
    );
  });
  const document: Record<string, unknown> = {};
  for (const name of names.filter((candidate) => candidate.endsWith('.yaml')).sort()) {
    const path = join(folder, name);
    try {
      document[name.slice(0, -'.yaml'.length)] = parse(await readFile(path, 'utf8'));
    } catch (cause) {
      throw new SluiceError(
        'dataset-invalid',
        `${path} is not YAML: ${cause instanceof Error ? cause.message : String(cause)}`,
        {
          data: { file: path },
          cause,
        },
      );
    }
  }
  return document;
}

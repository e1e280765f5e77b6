import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type Dataset, datasetInvalid } from '../core/dataset/dataset.ts';
import { type DatasetFile, resolveDatasets, transformPath } from '../core/dataset/resolve.ts';
import { SluiceError } from '../core/errors.ts';
import { NO_LIBRARIES } from '../core/libraries.ts';
import { type BundledTransform, bundleTransform } from './bundle-transform.ts';

export type DatasetFolder = {
  readonly datasets: readonly Dataset[];
  /** The bytes of each document and of each module of a transform, by the path in the folder. */
  readonly files: ReadonlyMap<string, Uint8Array>;
};

/**
 * Reads and resolves the documents of a folder. Messages show `folder` as it is given. Throws `dataset-invalid` for what is wrong in
 * them, `file-unreadable` for a folder or file that can't be read.
 */
export async function readDatasetFolder(folder: string): Promise<DatasetFolder> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new SluiceError(
      'file-unreadable',
      `The datasets folder ${folder} cannot be read. Create it, or name another with --datasets.`,
      { cause },
    );
  });
  const misnamed = names.filter((name) => /\.(yml|YML|YAML)$/.test(name));
  if (misnamed.length > 0) {
    const lines = misnamed.map(
      (name) => `${join(folder, name)}: rename it to ${name.replace(/\.\w+$/, '')}.yaml`,
    );
    throw datasetInvalid(lines, misnamed);
  }
  const files = new Map<string, Uint8Array>();
  const documents: DatasetFile[] = [];
  for (const name of names.filter((candidate) => candidate.endsWith('.yaml')).sort()) {
    const path = join(folder, name);
    const bytes = await readFile(path).catch((cause: unknown) => {
      throw new SluiceError('file-unreadable', `${path} cannot be read. Check its permissions.`, { cause });
    });
    files.set(name, bytes);
    const text = textOf(path, bytes);
    const document = { path, name: name.slice(0, -'.yaml'.length), text };
    const module = transformPath(text);
    if (module === null) documents.push(document);
    else documents.push({ ...document, transform: await transformOf(module) });
  }
  const hasCondition = documents.some(({ text }) => text.includes('where'));
  const libraries = hasCondition ? { cel: await import('@marcbachmann/cel-js') } : NO_LIBRARIES;
  return { datasets: resolveDatasets(documents, libraries), files };

  async function transformOf(module: string): Promise<BundledTransform> {
    const bundled = await bundleTransform(join(folder, module));
    if ('problem' in bundled) return bundled;
    for (const input of bundled.inputs) files.set(relative(folder, input), await readFile(input));
    return bundled;
  }
}

/** Without a byte order mark. */
function textOf(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw datasetInvalid([`${path}: is not UTF-8; save it as UTF-8`], [path]);
  }
}

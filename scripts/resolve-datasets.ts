import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SluiceError } from '../src/core/errors.ts';
import { readDatasetFolder } from '../src/node/dataset-folder.ts';

/**
 * Resolves the documents of a folder into one file, the only one that Terraform and the function read: `datasets`, each with all
 * defaults, its key's types and its digest; and `files`, the SHA-256 of each document, by which Terraform sees that the file
 * is older than they are. Returns the datasets' names. Throws `dataset-invalid` with file, line and column of all that is wrong.
 */
export async function resolveFolder(folder: string, outPath: string): Promise<readonly string[]> {
  const { datasets, files } = await readDatasetFolder(relative('.', folder) || '.');
  const digests = [...files].map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('hex')]);
  await mkdir(dirname(outPath), { recursive: true });
  await writeFile(outPath, `${JSON.stringify({ files: Object.fromEntries(digests), datasets }, null, 2)}\n`);
  return datasets.map(({ name }) => name);
}

/** `node scripts/resolve-datasets.ts [FOLDER] [FILE]` */
export async function resolveOrExplain(folder: string, outPath: string): Promise<void> {
  try {
    const names = await resolveFolder(folder, outPath);
    console.error(`Built ${relative('.', outPath)} (${names.join(', ')}).`);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const root = dirname(import.meta.dirname);
  const [folder = join(root, 'datasets'), outPath = join(root, 'dist/datasets.json')] = process.argv.slice(2);
  await resolveOrExplain(folder, outPath);
}

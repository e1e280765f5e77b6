import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '../../core/dataset/dataset.ts';
import type { ImportRecord } from '../../core/imports/import.ts';
import { readFileHeader } from '../../engine/file/file-header.ts';
import { rejectsFolder } from '../../engine/end/report.ts';
import { fileObject, fileSource } from '../../node/file-source.ts';

/**
 * The import's reject files in the results folder, earlier runs' included, without those that hold nothing but a header: by such
 * a one a loader that takes over replaces what a dead one has left.
 */
export async function rejectFiles(
  resultsFolder: string,
  record: ImportRecord,
  dataset: Dataset,
): Promise<string[]> {
  const folder = join(resultsFolder, rejectsFolder(record));
  // No folder: nothing was rejected.
  const names = await readdir(folder).catch(() => []);
  const files: string[] = [];
  for (const name of names.filter((each) => each.endsWith('.csv')).sort()) {
    const object = await fileObject(join(folder, name));
    const header = await readFileHeader(fileSource(), object, dataset);
    if (header.endBytes < object.sizeBytes) files.push(join(folder, name));
  }
  return files;
}

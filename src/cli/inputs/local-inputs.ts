import { createReadStream, type Stats } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { SluiceError } from '../../core/errors.ts';
import { objectName } from '../../core/imports/import.ts';
import { fileObject, fileSource } from '../../node/file-source.ts';
import { type SpooledFile, spool } from '../../node/spooled-file.ts';
import { textSource } from '../../node/text-source.ts';
import { byName, type Input, inputMissing, MOST_INPUTS, tooManyInputs } from './input.ts';

/** The files that a path names: itself, those of a folder, or those that match a glob. A pipe is kept in a temporary file. */
export async function localInputs(path: string, keep: (file: SpooledFile) => void): Promise<Input[]> {
  const stats = await statOf(path);
  if (stats === null) return inputsAt(path, await matches(path));
  if (stats.isFIFO()) {
    const spooled = await spool(createReadStream(path), path);
    keep(spooled);
    return [spooledInput(spooled)];
  }
  if (stats.isDirectory()) return inputsAt(path, await filesIn(path));
  return [await localInput(path)];
}

export function spooledInput({ object, source }: SpooledFile): Input {
  return { name: objectName(object), object, source: textSource(source) };
}

/** null: nothing has this name. */
async function statOf(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return null;
    throw unreadable(path, message, error);
  }
}

async function matches(pattern: string): Promise<string[]> {
  if (!isDynamicPattern(pattern)) {
    const folder = dirname(pattern);
    const hint = /^https?:/.test(pattern)
      ? 'To load from the web: curl URL | sluice COMMAND -'
      : `Files of ${folder}: ${await sampleOf(folder)}`;
    throw inputMissing(pattern, `${pattern} does not exist. ${hint}`);
  }
  const found = await glob(pattern, { expandDirectories: false, absolute: isAbsolute(pattern) });
  if (found.length === 0) throw inputMissing(pattern, `No file matches ${pattern}.`);
  return found;
}

/** Recursively, without those whose name begins with a dot. */
async function filesIn(folder: string): Promise<string[]> {
  // The search passes folders that may not be read; the one that is named must be readable.
  await readdir(folder).catch((error: unknown) => {
    throw unreadable(folder, (error as Error).message, error);
  });
  const found = await glob('**', { cwd: folder });
  if (found.length === 0) throw inputMissing(folder, `There are no files in the folder ${folder}.`);
  return found.map((name) => join(folder, name));
}

async function inputsAt(path: string, files: readonly string[]): Promise<Input[]> {
  if (files.length > MOST_INPUTS) throw tooManyInputs(path);
  const inputs = new Map<string, Input>();
  // A link can lead to a file, or to a folder around it, that is found without it too.
  for (const file of files.toSorted(byName)) {
    const real = await realpath(file);
    if (!inputs.has(real)) inputs.set(real, await localInput(file));
  }
  return [...inputs.values()];
}

/** A file that may not be read is found before the first one is loaded. */
async function localInput(path: string): Promise<Input> {
  const object = await fileObject(path);
  const handle = await open(path).catch((error: unknown) => {
    throw unreadable(path, (error as Error).message, error);
  });
  await handle.close();
  return { name: path, object, source: textSource(fileSource()) };
}

function unreadable(path: string, why: string, cause: unknown): SluiceError {
  return new SluiceError(
    'file-unreadable',
    `${path} cannot be read: ${why}. Check the path and its permissions.`,
    { data: { file: path }, cause },
  );
}

/** A few names of the folder, for a person who has mistyped one. */
async function sampleOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null);
  if (entries === null) return `none, the folder cannot be read. Check the path.`;
  const names = entries.filter((each) => each.isFile() && !each.name.startsWith('.')).map(({ name }) => name);
  const shown = names.toSorted(byName).slice(0, 5).join(', ');
  return names.length === 0 ? 'none.' : `${shown}${names.length > 5 ? ' …' : '.'}`;
}

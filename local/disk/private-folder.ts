import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SluiceError } from '../../src/core/errors.ts';

/**
 * Creates a folder that only its owner can enter, or removes the permissions of others from an existing one. Throws
 * `configuration-invalid` if that is impossible, for example in a folder of another user, who could replace its files.
 */
export async function privateFolder(path: string): Promise<void> {
  try {
    await makeFolder(path);
    await chmod(path, 0o700);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError(
      'configuration-invalid',
      `The local stack cannot store its data in ${path}: ${why}. Choose a folder of your own with --data.`,
      { data: { folder: path }, cause },
    );
  }
}

/**
 * Makes a folder and those above it. Node.js does the same with `recursive`, but it never ends below /proc, where folders exist that
 * take no new ones, and it reports a folder above that is read-only as ENOENT.
 */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const above = dirname(resolve(path));
    if (code === 'EEXIST' && (await isFolder(path))) return;
    // Where the folder above exists, the one below it cannot be made.
    if (code !== 'ENOENT' || (await isFolder(above))) throw error;
    await makeFolder(above);
    await mkdir(path, { mode: 0o700 });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

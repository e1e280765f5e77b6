import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SluiceError } from '../core/errors.ts';
import type { Results } from '../core/ports.ts';

/** Stores rejects and reports in a local folder, which it creates. Throws `file-unreadable` if it cannot. */
export async function fileResults(folder: string): Promise<Results> {
  const cannotKeep = (cause: unknown): never => {
    throw new SluiceError(
      'file-unreadable',
      `Rejects and reports cannot be stored in ${folder}: ${cause instanceof Error ? cause.message : String(cause)}. Name another folder with --results.`,
      { data: { folder }, cause },
    );
  };
  await mkdir(folder, { recursive: true }).catch(cannotKeep);
  return {
    async put(name, body) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true }).catch(cannotKeep);
      await writeFile(path, body).catch(cannotKeep);
      return path;
    },
  };
}

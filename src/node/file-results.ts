import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SluiceError } from '../core/errors.ts';
import type { Results } from '../core/ports.ts';

/** Keeps rejects and reports in a folder of this machine, which it makes. Throws `file-unreadable` where it can't. */
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

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Results } from '../core/ports.ts';

/** Keeps rejects and reports in a folder of this machine. */
export function fileResults(folder: string): Results {
  return {
    async put(name, body) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, body);
      return path;
    },
  };
}

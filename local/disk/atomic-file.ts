import { randomUUID } from 'node:crypto';
import { open, rename } from 'node:fs/promises';

/** How the names of files end that a crash left half written; whoever owns the folder removes them at its start. */
export const unfinished = '.tmp';

/** Replaces a file as a whole: whoever reads it, also after a crash, finds the old text or the new one. */
export async function writeFileAtomic(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}${unfinished}`;
  const file = await open(draft, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

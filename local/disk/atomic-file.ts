import { randomUUID } from 'node:crypto';
import { open, rename } from 'node:fs/promises';

/** The suffix of files that are being written. After a crash the next owner of the folder deletes them at its start. */
export const unfinished = '.tmp';

/** Replaces a file atomically: a reader finds the old text or the new one, also after a crash. */
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

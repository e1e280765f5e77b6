import { appendFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileObject, fileSource } from '../../src/node/file-source.ts';
import { temporaryFolder } from '../local/local-clients.ts';

async function file(text: string): Promise<string> {
  const path = join(await temporaryFolder(), 'a b.csv');
  await writeFile(path, text);
  return path;
}

async function read(
  ...[object, start, end]: Parameters<ReturnType<typeof fileSource>['read']>
): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of fileSource().read(object, start, end)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

test('reads ranges of a file, whose size and time stand for its version', async () => {
  const path = await file('id\nabcdef\n');
  const object = await fileObject(path);
  expect(object).toMatchObject({ bucket: 'file', key: path, versionId: null, sizeBytes: 10 });
  expect(await read(object, 0, 10)).toBe('id\nabcdef\n');
  expect(await read(object, 3, 5)).toBe('ab');
  expect(await read(object, 4, 4)).toBe('');
});

test.each([
  ['was written to', (path: string) => appendFile(path, 'x')],
  ['was written anew with the same size', (path: string) => utimes(path, 1, 1)],
])('refuses a file that %s since', async (_, change) => {
  const path = await file('id\n1\n');
  const object = await fileObject(path);
  await change(path);
  await expect(read(object, 0, 3)).rejects.toMatchObject({
    code: 'object-changed',
    message: expect.stringContaining('Load it again'),
  });
});

test('says which file cannot be read, and why', async () => {
  const path = await file('id\n1\n');
  const object = await fileObject(path);
  await rm(path);
  const unreadable = {
    code: 'file-unreadable',
    message: expect.stringMatching(/a b\.csv cannot be read: ENOENT/),
  };
  await expect(read(object, 0, 3)).rejects.toMatchObject(unreadable);
  await expect(fileObject(path)).rejects.toMatchObject(unreadable);
  await expect(fileObject(join(path, '..'))).rejects.toMatchObject({ code: 'file-unreadable' });
});

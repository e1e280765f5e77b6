import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startEndpoint } from '../../../local/endpoint/endpoint.ts';
import { privateFolder } from '../../../local/disk/private-folder.ts';
import { temporaryFolder } from '../local-clients.ts';
import { startWithBucket } from '../s3/with-bucket.ts';
import { stackOf } from '../stack-of.ts';

test('other users of the machine cannot read the data of the stack', async () => {
  const dataDir = join(await temporaryFolder(), 'new/data');
  await stackOf({ dataDir });
  const folders = await readdir(dataDir);
  expect(folders.toSorted()).toEqual(['dynamodb', 'events', 'objects', 'queues']);
  for (const path of [dataDir, ...folders.map((name) => join(dataDir, name))]) {
    expect([path, (await stat(path)).mode & 0o777]).toEqual([path, 0o700]);
  }
});

test('a folder that others can read becomes private, and its parent stays unchanged', async () => {
  const above = await temporaryFolder();
  await chmod(above, 0o755);
  const folder = join(above, 'objects');
  await mkdir(folder, { mode: 0o755 });
  await privateFolder(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(above)).mode & 0o777).toBe(0o755);
});

test('a folder that cannot be made is an error that names the option', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  await expect(startEndpoint({ port: 0, dataDir: file })).rejects.toMatchObject({
    code: 'configuration-invalid',
    message: expect.stringContaining('--data'),
  });
});

test(
  'a folder in one that takes no new ones is an error, however deep it is',
  { timeout: 5000 },
  async () => {
    await expect(privateFolder('/proc/none/data')).rejects.toMatchObject({ code: 'configuration-invalid' });
  },
);

test('a foreign data folder cannot name files outside of it', async () => {
  const dataDir = await temporaryFolder();
  const { s3, Bucket, close } = await startWithBucket({ dataDir });
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
  await close();
  await writeFile(join(dataDir, 'secret'), 'mine');
  const keys = join(dataDir, 'objects', Bucket, 'keys');
  const record = join(keys, (await readdir(keys))[0]!);
  const text = await readFile(record, 'utf8');
  await writeFile(record, text.replace(/"file":"[^"]*"/, '"file":"../../../secret"'));
  await expect(startEndpoint({ port: 0, dataDir })).rejects.toMatchObject({ code: 'file-unreadable' });
  expect(await readFile(join(dataDir, 'secret'), 'utf8')).toBe('mine');
});

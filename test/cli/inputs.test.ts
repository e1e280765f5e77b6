import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { type Input, openInputs } from '../../src/cli/inputs.ts';
import { PLAIN_TEXT } from '../../src/core/csv/text/text-coding.ts';
import { type Local, startLocal, temporaryFolder } from '../local/local-clients.ts';

const nowhere = { aws: false, endpoint: 'http://127.0.0.1:9', name: 'test' };

async function folderWith(...files: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const file of files) {
    await mkdir(join(folder, file, '..'), { recursive: true });
    await writeFile(join(folder, file), `text of ${file}`);
  }
  return folder;
}

async function open(paths: readonly string[], options = nowhere): Promise<readonly Input[]> {
  const { inputs, close } = await openInputs(paths, options);
  onTestFinished(close);
  return inputs;
}

async function textOf({ object, source }: Input, coding = PLAIN_TEXT): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.read(object, 0, object.sizeBytes, coding)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

test('a folder stands for its files, recursively and in natural order, without dot files', async () => {
  const folder = await folderWith('part-10.csv', 'part-2.csv', 'sub/a [1].csv', '.hidden', '.git/config');
  const inputs = await open([folder]);
  expect(inputs.map(({ name }) => name)).toEqual(
    ['part-2.csv', 'part-10.csv', 'sub/a [1].csv'].map((name) => join(folder, name)),
  );
  expect(await textOf(inputs[2]!)).toBe('text of sub/a [1].csv');
});

test('a folder that contains itself by a link is read once', async () => {
  const folder = await folderWith('a.csv');
  await symlink(folder, join(folder, 'again'));
  expect((await open([folder])).map(({ name }) => name)).toEqual([join(folder, 'a.csv')]);
});

test('paths keep their order, the files of a glob are in natural order, and no file is there twice', async () => {
  const folder = await folderWith('z.csv', 'part-10.csv', 'part-2.csv', 'part-2.txt');
  const inputs = await open([join(folder, 'z.csv'), join(folder, 'part-*.csv'), join(folder, '*.csv')]);
  expect(inputs.map(({ name }) => name)).toEqual(
    ['z.csv', 'part-2.csv', 'part-10.csv'].map((name) => join(folder, name)),
  );
});

test('a file whose name looks like a glob is that file', async () => {
  const folder = await folderWith('a*.csv', 'ab.csv', 'report (1).csv');
  const paths = ['a*.csv', 'report (1).csv'].map((name) => join(folder, name));
  expect((await open(paths)).map(({ name }) => name)).toEqual(paths);
});

test.each([
  ['a file that does not exist', 'fil.csv', /fil\.csv does not exist\. Files of .*: file\.csv\.$/],
  ['a file in a folder that does not exist', 'no/file.csv', /does not exist.*Check the path/],
  ['a glob that matches nothing', '*.tsv', /^No file matches .*\*\.tsv\.$/],
  ['an empty folder', 'empty', /^There are no files in the folder .*empty\.$/],
  ['a file below a file', 'file.csv/a', /does not exist/],
])('%s is a missing input', async (_, name, sentence) => {
  const folder = await folderWith('file.csv');
  await mkdir(join(folder, 'empty'));
  await expect(open([join(folder, 'file.csv'), join(folder, name)])).rejects.toMatchObject({
    code: 'input-missing',
    message: expect.stringMatching(sentence),
  });
});

test('an address of the web is explained', async () => {
  await expect(open(['https://example.com/a.csv'])).rejects.toThrow('curl URL | sluice COMMAND -');
});

test('a file or folder without permission is told before any is read', async () => {
  const folder = await folderWith('file.csv', 'closed/a.csv');
  await chmod(folder, 0o755);
  for (const name of ['file.csv', 'closed']) await chmod(join(folder, name), 0o000);
  // Root may read everything.
  const isRoot = process.geteuid!() === 0;
  if (isRoot) process.seteuid!(65_534);
  try {
    for (const name of ['file.csv', 'closed']) {
      await expect(open([join(folder, name)])).rejects.toMatchObject({
        code: 'file-unreadable',
        message: expect.stringMatching(/(file\.csv|closed) cannot be read: EACCES.*permissions/),
      });
    }
  } finally {
    if (isRoot) process.seteuid!(0);
  }
});

test('a pipe is kept in a file without a name, and read as often as wanted', async () => {
  const folder = await temporaryFolder();
  const pipe = join(folder, 'pipe');
  expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
  const before = await temporaryFiles();
  const written = writeFile(pipe, 'id\n1\n');
  const [input] = await open([pipe]);
  await written;
  expect([await textOf(input!), await textOf(input!)]).toEqual(['id\n1\n', 'id\n1\n']);
  expect(input!.object).toMatchObject({
    key: pipe,
    sizeBytes: 5,
    etag: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(await temporaryFiles()).toEqual(before);
});

async function temporaryFiles(): Promise<string[]> {
  const names = await readdir(process.env['TMPDIR'] ?? '/tmp');
  return names.filter((name) => name.startsWith('sluice-') && !name.startsWith('sluice-test')).sort();
}

async function fillBucket({ s3 }: Local): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: 'feeds' }));
  const put = (Key: string, Body: string | Uint8Array) =>
    s3.send(new PutObjectCommand({ Bucket: 'feeds', Key, Body }));
  await put('one.csv', gzipSync('id\n1\n'));
  await put('one.csv.old', 'old');
  await put('folder/', '');
  for (let part = 1; part <= 12; part++) await put(`folder/part-${part}.csv`, `id\n${part}\n`);
}

test('an S3 path is the object with this key, or all objects whose keys begin with it', async () => {
  const local = await startLocal();
  await fillBucket(local);
  const options = { ...nowhere, endpoint: local.url };
  const [one, ...others] = await open(['s3://feeds/one.csv'], options);
  expect(others).toEqual([]);
  expect(one).toMatchObject({
    name: 's3://feeds/one.csv',
    object: { bucket: 'file', key: 's3://feeds/one.csv' },
  });
  expect(await textOf(one!, { compression: 'gzip', decodedFrom: null })).toBe('id\n1\n');
  const parts = await open(['s3://feeds/folder/'], options);
  expect(parts).toHaveLength(12);
  expect(parts[9]!.name).toBe('s3://feeds/folder/part-10.csv');
  expect(await textOf(parts[11]!)).toBe('id\n12\n');
  expect(await open(['s3://feeds'], options)).toHaveLength(14);
});

test.each([
  ['a bucket that does not exist', 's3://nothing/a.csv', 'input-missing', /no bucket 'nothing'.*--aws/],
  ['a prefix without objects', 's3://feeds/b/', 'input-missing', /begins with s3:\/\/feeds\/b\/\.$/],
  ['a glob', 's3://feeds/*.csv', 'input-missing', /no wildcards/],
  ['no bucket', 's3://', 'configuration-invalid', /names no bucket/],
])('an S3 path with %s is explained', async (_, path, code, message) => {
  const local = await startLocal();
  await fillBucket(local);
  await expect(open([path], { ...nowhere, endpoint: local.url })).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});

test('a local stack that does not run is named', async () => {
  await expect(open(['s3://feeds/a.csv'])).rejects.toMatchObject({ code: 'endpoint-unreachable' });
});

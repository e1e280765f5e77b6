import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readDatasetFolder } from '../../src/node/dataset-folder.ts';
import { temporaryFolder } from '../local/local-clients.ts';

const good = 'source: { prefix: people/ }\ntable: { partition_key: id }\n';

async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = join(await temporaryFolder(), 'datasets');
  await mkdir(folder);
  for (const [name, body] of Object.entries(files)) await writeFile(join(folder, name), body);
  return folder;
}

test('a folder of datasets is read by its *.yaml files, with a byte order mark or without', async () => {
  const folder = await folderOf({ 'people.yaml': `\ufeff${good}`, 'README.md': 'about them' });
  const { datasets, files } = await readDatasetFolder(folder);
  expect(datasets).toMatchObject([{ name: 'people', source: { prefix: 'people/', suffix: ['.csv'] } }]);
  expect([...files]).toEqual([['people.yaml', Buffer.from(`\ufeff${good}`)]]);
});

test.each([
  ['a *.yml file', { 'people.yml': good }, /people\.yml: rename it to people\.yaml$/],
  ['a *.YAML file beside others', { 'people.yaml': good, 'B.YAML': good }, /B\.YAML: rename it to B\.yaml$/],
  [
    'bytes that are no UTF-8',
    { 'people.yaml': Buffer.from([0x23, 0xe9, 0x0a]) },
    /people\.yaml: is not UTF-8; save it as UTF-8$/,
  ],
  [
    'a wrong document',
    { 'people.yaml': `${good}tabel: 1\n` },
    /datasets\/people\.yaml:3:1: tabel: 'tabel' is not a field; did you mean 'table'\?/,
  ],
])('a folder with %s is refused by the file', async (_, files, message) => {
  await expect(readDatasetFolder(await folderOf(files))).rejects.toMatchObject({
    code: 'dataset-invalid',
    message: expect.stringMatching(message) as string,
  });
});

test('a folder that is missing is named', async () => {
  await expect(readDatasetFolder('/nowhere/datasets')).rejects.toMatchObject({
    code: 'file-unreadable',
    message:
      'The datasets folder /nowhere/datasets cannot be read. Create it, or name another with --datasets.',
  });
});

const transformed = `${good}transform: ./change.ts\n`;

test('a transform is bundled with what it imports, and its sources are files of the folder', async () => {
  const folder = await folderOf({
    'people.yaml': transformed,
    'change.ts': `import { twice } from './twice.ts';\nexport default (row: { n: number }) => ({ n: twice(row.n) });\n`,
    'twice.ts': 'export const twice = (n: number): number => 2 * n;\n',
  });
  const { datasets, files } = await readDatasetFolder(folder);
  const { path, code } = datasets[0]!.transform!;
  expect(path).toBe('./change.ts');
  const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    default: (row: { n: number }) => unknown;
  };
  expect(module.default({ n: 21 })).toEqual({ n: 42 });
  expect([...files.keys()].toSorted()).toEqual(['change.ts', 'people.yaml', 'twice.ts']);
  await writeFile(join(folder, 'twice.ts'), 'export const twice = (n: number): number => n + n;\n');
  const [changed] = (await readDatasetFolder(folder)).datasets;
  expect(changed!.digest).not.toBe(datasets[0]!.digest);
});

test.each([
  ['a module that is missing', {}, /people\.yaml:3:12: transform: .*change\.ts/],
  [
    'a module that is wrong',
    { 'change.ts': 'export default (row => row;\n' },
    /people\.yaml:3:12: transform: .*change\.ts:1:27: Expected "\)" but found ";"$/,
  ],
  [
    'a module that is not pure',
    { 'change.ts': `import { readFileSync } from 'node:fs';\nexport default () => readFileSync('x');\n` },
    /transform: .*change\.ts:1:30: 'node:fs' cannot be found, or is not for a pure function$/,
  ],
  [
    'a module without a default export',
    { 'change.ts': 'export const change = (row: object) => row;\n' },
    /transform: .*change\.ts has no default export; write: export default \(row\) => row$/,
  ],
])('a transform is refused with %s, at its place in the document', async (_, files, message) => {
  const folder = await folderOf({ 'people.yaml': transformed, ...files });
  await expect(readDatasetFolder(folder)).rejects.toMatchObject({
    code: 'dataset-invalid',
    message: expect.stringMatching(message) as string,
  });
});

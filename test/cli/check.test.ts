import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { CheckReport } from '../../src/engine/check/check.ts';
import { temporaryFolder } from '../local/local-clients.ts';
import { type CommandEnding, sluice } from '../support/cli.ts';

const documents = {
  things: { source: { prefix: 'things/' }, columns: { n: 'number' }, table: { partition_key: 'id' } },
  others: {
    source: { prefix: 'others/' },
    columns: { at: 'number' },
    table: { partition_key: 'id' },
    write: { mode: 'put', newer_by: 'at' },
  },
};

/** A folder with files and datasets, and `sluice check` in it. */
async function setUp(files: Record<string, string | Uint8Array>) {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'datasets'));
  await mkdir(join(folder, 'in'));
  for (const [name, document] of Object.entries(documents))
    await writeFile(join(folder, 'datasets', `${name}.yaml`), JSON.stringify(document));
  for (const [name, body] of Object.entries(files)) await writeFile(join(folder, 'in', name), body);
  return (...args: string[]): Promise<CommandEnding> => sluice(['check', ...args], { cwd: folder });
}

async function reportOf(ending: Promise<CommandEnding>): Promise<{ files: CheckReport[]; total: object }> {
  const { stdout } = await ending;
  return JSON.parse(stdout) as { files: CheckReport[]; total: object };
}

test('says that every row can be loaded, and exits with 0', async () => {
  const check = await setUp({ 'a.csv': 'id,n\na,1\nb,2\n' });
  const { code, stdout } = await check('in/a.csv', '--dataset=things');
  expect(code).toBe(0);
  expect(stdout).toContain('rows     2 read: 2 loaded, 0 skipped, 0 rejected');
  expect(stdout).toContain('units    2 write units, if the table is empty');
});

test('names rejected rows and repeated keys by their lines, and exits with 3', async () => {
  const check = await setUp({ 'a.csv': 'id,n\na,1\nb,x\na,3\n' });
  const { code, stdout } = await check('in/a.csv', '--dataset=things');
  expect(code).toBe(3);
  expect(stdout).toContain('rejected 1 row: number-invalid in n');
  expect(stdout).toContain('line 3: "x" is not a number');
  expect(stdout).toContain('lines 2, 4');
  expect(stdout).toContain('units    1 to 2 write units');
});

test.each([
  ['an empty file', '', 'empty-file'],
  ['a header without the key', 'name,n\na,1\n', 'key-column-missing'],
  ['a workbook', Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0), 'not-csv'],
  ['rows that are all rejected', 'id,n\na,x\n', 'nothing-loaded'],
])('%s cannot be loaded: the code is that of a load, and the exit code is 1', async (_, body, error) => {
  const check = await setUp({ 'a.csv': body });
  const ending = check('in/a.csv', '--dataset=things', '--json');
  expect((await ending).code).toBe(1);
  expect((await reportOf(ending)).files[0]?.failure?.code).toBe(error);
});

test.each([
  ['a file that does not exist', ['in/b.csv', '--dataset=things'], 'input-missing'],
  ['a dataset that does not exist', ['in/a.csv', '--dataset=thing'], 'no-dataset'],
  ['a sample that is no number', ['in/a.csv', '--dataset=things', '--sample=1MB'], 'configuration-invalid'],
])('%s is an error', async (_, args, error) => {
  const check = await setUp({ 'a.csv': 'id\na\n' });
  const { code, stderr } = await check(...args);
  expect(code).toBe(1);
  expect(stderr).toContain(error);
});

test('checks the files of a folder, compressed ones too, and adds them up', async () => {
  const check = await setUp({ '1.csv': 'id,n\na,1\n', '2.csv.gz': gzipSync('id,n\nb,x\nc,1\n') });
  const { code, stdout } = await check('in', '--dataset=things');
  expect(code).toBe(3);
  expect(stdout).toContain('2 files: 3 rows read: 2 loaded, 0 skipped, 1 rejected');
});

test('a sample says that it is one', async () => {
  const rows = Array.from({ length: 200_000 }, (_, row) => `key ${row},${row}\n`);
  const check = await setUp({ 'a.csv': `id,n\n${rows.join('')}` });
  const { stdout } = await check('in/a.csv', '--dataset=things', '--sample=1000');
  expect(stdout).toMatch(/a sample: the first [\d,]+ rows/);
  const { files } = await reportOf(check('in/a.csv', '--dataset=things', '--sample=1000', '--json'));
  expect(files[0]?.isSample).toBe(true);
  expect(files[0]?.rows.read).toBeGreaterThanOrEqual(1000);
  expect(files[0]?.rows.read).toBeLessThan(50_000);
});

test('says of items that are compared with stored ones that they depend on the table', async () => {
  const check = await setUp({ 'a.csv': 'id,at\na,1\n' });
  const { code, stdout } = await check('in/a.csv', '--dataset=others');
  expect(code).toBe(0);
  expect(stdout).toContain('units    depend on what the table holds');
});

test('names a hot partition key, and escapes what would act on the terminal', async () => {
  const rows = Array.from({ length: 1500 }, (_, row) => `\u001b[31mhot,${row}\n`);
  const check = await setUp({ 'a.csv': `id,n\n${rows.join('')}` });
  const stdout = (await check('in/a.csv', '--dataset=things')).stdout.replaceAll(/\s+/g, ' ');
  expect(stdout).toContain('hot key \\u001b[31mhot: 1,500 units if all items are written');
});

test('checks a reject file like any other file: which import it repairs is not looked up', async () => {
  const columns = 'sluice_line_0123456789abcdef0123,sluice_column,sluice_code,sluice_reason';
  const check = await setUp({ 'a.csv': `${columns},id,n\n3,n,number-invalid,x,a,1\n` });
  const { files } = await reportOf(check('in/a.csv', '--dataset=things', '--json'));
  expect(files[0]?.rows.loaded).toBe(1);
  expect(files[0]?.warnings).toEqual([]);
});

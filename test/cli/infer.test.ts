import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../local/local-clients.ts';
import { sluice } from '../support/cli.ts';

async function setUp(text: string): Promise<{ file: string; folder: string }> {
  const folder = await temporaryFolder();
  const file = join(folder, 'Orders 2025.csv');
  await writeFile(file, text);
  return { file, folder };
}

test('the document goes to standard output, the steps to standard error', async () => {
  const { file } = await setUp('id,total\na,1.5\nb,2\n');
  const { code, stdout, stderr } = await sluice(['infer', file]);
  expect([code, stdout]).toEqual([0, expect.stringContaining('columns:\n  total: number\n')]);
  expect(stdout).toContain('table: { partition_key: id }');
  for (const step of ['encoding', 'compression', 'dialect', 'header', 'rows', 'key', 'columns'])
    expect(stderr).toMatch(new RegExp(`^${step}`, 'm'));
});

test('a document is written once, and overwritten with --force only', async () => {
  const { file, folder } = await setUp('id,total\na,1.5\n');
  const output = join(folder, 'datasets/orders.yaml');
  expect(await sluice(['infer', file, '--output', output])).toMatchObject({ code: 0, stdout: '' });
  expect(await readFile(output, 'utf8')).toContain('source: { prefix: orders/ }');
  const again = await sluice(['infer', file, '--output', output]);
  expect(again.code).toBe(1);
  expect(again.stderr).toMatch(/orders\.yaml exists.*--force/);
  expect(await sluice(['infer', file, '--output', output, '--force'])).toMatchObject({ code: 0 });
});

test('a sample is labelled as one', async () => {
  const { file } = await setUp(`id,n\n${'a,1\n'.repeat(1000)}b,x\n`);
  const { stdout, stderr } = await sluice(['infer', file, '--sample', '1kb']);
  expect(stdout).toContain('only the first 1024 bytes');
  expect(stderr).toMatch(/^sample +only the first 1024 bytes/m);
  expect((await sluice(['infer', file, '--sample', 'much'])).stderr).toContain('--sample much is no size');
});

test('bad input fails with a reason that says what to do', async () => {
  const { file, folder } = await setUp('id,total\n');
  const failure = async (path: string): Promise<string> => {
    const { code, stdout, stderr } = await sluice(['infer', path]);
    expect([code, stdout]).toEqual([1, '']);
    return stderr;
  };
  expect(await failure(file)).toContain('(nothing-to-infer)');
  expect(await failure(join(folder, 'none.csv'))).toContain('(input-missing)');
  await mkdir(join(folder, 'empty'));
  expect(await failure(join(folder, 'empty'))).toContain('(input-missing)');
  await writeFile(file, '');
  expect(await failure(file)).toContain('(empty-file)');
  await writeFile(file, 'PAR1\x15\x00\x15');
  expect(await failure(file)).toContain('(not-csv)');
});

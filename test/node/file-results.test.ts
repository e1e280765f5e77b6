import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { fileResults } from '../../src/node/file-results.ts';
import { describeResults } from '../conformance/results-suite.ts';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

describeResults('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-results-'));
  return {
    results: await fileResults(folder),
    read: (where) => readFile(where),
    close: () => rm(folder, { recursive: true }),
  };
});

test('a result that cannot be written is told with its reason', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-results-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const results = await fileResults(folder);
  await writeFile(join(folder, 'rejects'), '');
  await expect(results.put('rejects/a.csv', new Uint8Array(), 'text/csv')).rejects.toMatchObject({
    code: 'file-unreadable',
    message: expect.stringMatching(/EEXIST|ENOTDIR/),
  });
});

test('a folder that can not be made is told before anything is loaded', async () => {
  const file = join(import.meta.dirname, 'file-results.test.ts');
  await expect(fileResults(file)).rejects.toMatchObject({
    code: 'file-unreadable',
    message: expect.stringContaining('--results'),
  });
});

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseDataset } from '../../src/core/dataset/dataset.ts';

const script = join(import.meta.dirname, '../../scripts/resolve-datasets.ts');
const node = ['--disable-warning=ExperimentalWarning', script];

async function projectOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-datasets-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'datasets'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'datasets', name), text);
  return folder;
}

test('the build resolves all datasets into one file: defaults, key types and digests, and the hash of each document', async () => {
  const people =
    'source: { prefix: people/ }\ncolumns: { id: { type: number } }\ntable: { partition_key: id }\n';
  const things = 'source: { prefix: things/ }\ntable: { partition_key: id }\n';
  const cwd = await projectOf({ 'things.yaml': things, 'people.yaml': people });
  const { status, stderr } = spawnSync(process.execPath, [...node, 'datasets', 'dist/datasets.json'], {
    cwd,
  });
  expect([status, stderr.toString()]).toEqual([0, 'Built dist/datasets.json (people, things).\n']);
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const document = {
    source: { prefix: 'people/' },
    columns: { id: { type: 'number' } },
    table: { partition_key: 'id' },
  };
  expect(JSON.parse(await readFile(join(cwd, 'dist/datasets.json'), 'utf8'))).toEqual({
    files: { 'people.yaml': hash(people), 'things.yaml': hash(things) },
    datasets: [
      parseDataset('people', document),
      parseDataset('things', { source: { prefix: 'things/' }, table: { partition_key: 'id' } }),
    ],
  });
});

test('the build ends with file, line and column of what is wrong, and nothing else', async () => {
  const cwd = await projectOf({
    'people.yaml':
      'source: { prefix: people/ }\ntable: { partition_key: id }\ncolumns:\n  age:\n    type: int\n',
  });
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...node, 'datasets', 'dist/datasets.json'],
    { cwd },
  );
  expect({ status, stdout: stdout.toString(), stderr: stderr.toString() }).toEqual({
    status: 1,
    stdout: '',
    stderr:
      "datasets/people.yaml:5:11: columns.age.type: 'int' is not a type; did you mean 'integer'? Allowed: string, number, integer, boolean, date, time, datetime, json, list, string_set, number_set, binary\n",
  });
});

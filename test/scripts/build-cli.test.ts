import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { buildCli } from '../../scripts/build-cli.ts';

const root = join(import.meta.dirname, '../..');
let dir: string;
/** A copy of the package, as npm installs it. */
let copy: string;
let metafile: Metafile;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  copy = join(dir, 'a copy');
  await mkdir(copy);
  for (const name of ['bin', 'package.json'])
    await cp(join(root, name), join(copy, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  metafile = await buildCli(root, join(copy, 'dist'));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

/** Runs a program where `node` is one that always fails, as if the host's were unusable. */
async function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const fake = join(dir, 'fake');
  await mkdir(fake, { recursive: true });
  await writeFile(join(fake, 'node'), '#!/bin/sh\nexit 99\n');
  await chmod(join(fake, 'node'), 0o755);
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd: dir, env: { PATH: `${fake}:/usr/bin:/bin`, ...env } };
    execFile(program, args, options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

test("runs by the package's own Node, from another folder, through links, and passes exit codes on", async () => {
  await symlink(join(copy, 'bin/sluice'), join(dir, 'absolute'));
  await mkdir(join(dir, 'links'));
  await symlink('../absolute', join(dir, 'links/relative'));
  for (const path of [join(copy, 'bin/sluice'), join(dir, 'absolute'), join(dir, 'links/relative')]) {
    expect(await run(path, ['--version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
  }
  expect(await run(join(copy, 'bin/sluice'), ['lod'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("unknown command 'lod'"),
  });
});

test('finds Node where npm has put it beside the package, and says so where it is nowhere', async () => {
  const project = join(dir, 'project');
  const installed = join(project, 'node_modules/sluice');
  await mkdir(installed, { recursive: true });
  for (const name of ['bin', 'dist', 'package.json'])
    await cp(join(copy, name), join(installed, name), { recursive: true });
  expect(await run(join(installed, 'bin/sluice'), ['--version'])).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining("The package 'node' is not installed"),
  });
  await symlink(join(root, 'node_modules/node'), join(project, 'node_modules/node'));
  expect(await run(join(installed, 'bin/sluice'), ['--version'])).toMatchObject({
    code: 0,
    stdout: '0.1.0\n',
  });
});

test('--help loads nothing of an SDK or a command: 100 KB at most', () => {
  const loaded = new Set<string>();
  const visit = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: next, kind, external } of metafile.outputs[path]!.imports)
      if (kind === 'import-statement' && external !== true) visit(next);
  };
  visit('dist/cli/main.js');
  const outputs = [...loaded].map((path) => metafile.outputs[path]!);
  const inputs = outputs.flatMap((output) => Object.keys(output.inputs));
  expect(inputs).toContain('src/cli/program.ts');
  expect(
    inputs.filter((path) => /@aws-sdk|@smithy|undici|yaml|zod|src\/(aws|engine|local)/.test(path)),
  ).toEqual([]);
  expect(outputs.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(100_000);
});

test('a build of the same tree touches no file, so that a running stack keeps its own', async () => {
  const files = Object.keys(metafile.outputs).map((path) => join(copy, 'dist/cli', basename(path)));
  const inodes = async () => Promise.all(files.map(async (path) => (await stat(path)).ino));
  const before = await inodes();
  await writeFile(join(copy, 'dist/cli/left-over.js'), '');
  await buildCli(root, join(copy, 'dist'));
  expect(await inodes()).toEqual(before);
  await expect(stat(join(copy, 'dist/cli/left-over.js'))).rejects.toThrow('ENOENT');
});

test('with SLUICE_DEBUG an unexpected error names the sources', async () => {
  const server = createServer((_, response) =>
    response.writeHead(400).end(JSON.stringify({ __type: 'x#Unforeseen', message: 'none' })),
  );
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const args = ['status', 'some-import', '--endpoint', url];
  const { code, stderr } = await run(join(copy, 'bin/sluice'), args, { SLUICE_DEBUG: '1' });
  expect(code).toBe(1);
  expect(stderr).toMatch(/src\/(aws|cli)\/[a-z/-]+\.ts:\d+/);
});

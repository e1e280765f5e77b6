import { execFileSync } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, type Build } from '../../scripts/build.ts';

const root = join(import.meta.dirname, '../..');
const HEX_DIGITS = '0123456789abcdef';
let dir: string;
let built: Build;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-build-'));
  built = await build(root, join(dir, 'out'));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

/** Copies what the build read, and each package.json that told it where to look, to another place. */
async function copyTree(inputs: readonly string[], to: string): Promise<void> {
  const manifests = new Set(inputs.flatMap(foldersAbove).map((folder) => join(folder, 'package.json')));
  for (const path of [...inputs, ...manifests, 'tsconfig.json']) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await cp(join(root, path), join(to, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

function foldersAbove(path: string): string[] {
  const folder = dirname(path);
  return folder === '.' ? ['.'] : [folder, ...foldersAbove(folder)];
}

async function zipOf({ zipPath }: Build): Promise<Record<string, Uint8Array>> {
  return unzipSync(await readFile(zipPath));
}

describe('the build', () => {
  it('gives the same bytes for the same tree, in another folder and at another time', async () => {
    const again = await build(root, join(dir, 'elsewhere/out'));
    expect((await readFile(again.zipPath)).equals(await readFile(built.zipPath))).toBe(true);
  });

  it('gives the same bytes for a copy of the tree at another path and in another time zone', async () => {
    const copy = join(dir, 'a copy');
    const files = built.inputs.filter((path) => !path.includes(':'));
    expect(files.length).toBeGreaterThan(100);
    await copyTree(files, copy);
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Asia/Kathmandu';
    try {
      const again = await build(copy, join(copy, 'dist'));
      expect((await readFile(again.zipPath)).equals(await readFile(built.zipPath))).toBe(true);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('gives a zip of at most 1 MB with the bundle and its source map', async () => {
    expect((await stat(built.zipPath)).size).toBe(built.zipBytes);
    expect(built.zipBytes).toBeLessThanOrEqual(1_000_000);
    const names = Object.keys(await zipOf(built));
    expect(names).toEqual(expect.arrayContaining(['index.mjs', 'index.mjs.map']));
    expect(names.filter((name) => !/^[a-z-]+(-[A-Z0-9]{8})?\.mjs(\.map)?$/.test(name))).toEqual([]);
  });

  it('names its own revision, and another one where a source is another', async () => {
    const bundleOf = async ({ bundleDir }: Build) => readFile(join(bundleDir, 'index.mjs'), 'utf8');
    const revisionsOf = (bundle: string) =>
      [...bundle.matchAll(/="([0-9a-f]{16})"/g)]
        .map(([, text]) => text)
        .filter((text) => text !== HEX_DIGITS);
    const copy = join(dir, 'a changed copy');
    await copyTree(
      built.inputs.filter((path) => !path.includes(':')),
      copy,
    );
    await appendFile(join(copy, 'src/lambda/handler.ts'), 'export const changed = true;\n');
    const changed = await build(copy, join(copy, 'dist'));
    const [one, other] = [revisionsOf(await bundleOf(built)), revisionsOf(await bundleOf(changed))];
    expect([one.length, other.length]).toEqual([1, 1]);
    expect(other).not.toEqual(one);
  });

  it('leaves the same files unpacked', async () => {
    const zipped = await zipOf(built);
    expect((await readdir(built.bundleDir)).sort()).toEqual(Object.keys(zipped));
    for (const [name, contents] of Object.entries(zipped)) {
      expect((await readFile(join(built.bundleDir, name))).equals(contents)).toBe(true);
    }
  });

  it("names sources from the project's root, and no folder of the machine it ran on", async () => {
    const zipped = await zipOf(built);
    const { sources } = JSON.parse(Buffer.from(zipped['index.mjs.map']!).toString()) as {
      sources: string[];
    };
    expect(sources).toContain('../../src/lambda/handler.ts');
    // Conditions need it, and most datasets have none: it is in a file that is imported when it is used.
    expect(sources.filter((path) => path.includes('cel-js'))).toEqual([]);
    expect(built.inputs.some((path) => path.includes('cel-js'))).toBe(true);
    for (const contents of Object.values(zipped)) {
      expect(Buffer.from(contents).includes(root)).toBe(false);
      expect(Buffer.from(contents).includes(dir)).toBe(false);
    }
  });

  it('gives a bundle that loads in a process of its own, and has the handler', () => {
    const script = `const { handler } = await import(${JSON.stringify(pathToFileURL(join(built.bundleDir, 'index.mjs')).href)});
      console.log(typeof handler);`;
    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: dir });
    expect(output.toString().trim()).toBe('function');
  });
});

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };

/** Folders that a path begins with; in docs/architecture.md also those of `src/`. What the build or a command makes is left out. */
const TOP = '\\.ci|bench|bin|datasets|docs|examples|local|samples|scripts|sim|src|terraform|test';
const IN_SRC = 'aws|cli|core|engine|lambda|node';
const PATH = new RegExp(`(?<![\\w./-])(?:${TOP}|${IN_SRC})/[\\w./-]*\\w/?`, 'g');
/** Names that stand for any name. */
const EXAMPLES = new Set(['datasets/NAME.yaml']);

const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })];

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8');

  test('names files and folders that exist', () => {
    const code = [...text.matchAll(/^```\w*\n.*?^```|`[^`\n]+`/gms)].map(([part]) => part).join('\n');
    const paths = [...code.matchAll(PATH)].map(([path]) => path).filter((path) => !EXAMPLES.has(path));
    expect(paths.filter((path) => !isThere(path))).toEqual([]);
  });

  test('links to files that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link]) => link!);
    expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
  });

  test('names npm scripts that exist', () => {
    const names = [...text.matchAll(/npm (?:run (?:--silent )?|(?=start\b|test\b))([a-z:]+)/g)].map(
      ([, name]) => name!,
    );
    expect(names.filter((name) => !(name in scripts))).toEqual([]);
  });
});

test('the pages name paths, links and scripts at all', () => {
  const all = pages.map((page) => readFileSync(join(root, page), 'utf8')).join('\n');
  expect([...all.matchAll(PATH)].length).toBeGreaterThan(100);
});

function isThere(path: string): boolean {
  return existsSync(join(root, path)) || existsSync(join(root, 'src', path));
}

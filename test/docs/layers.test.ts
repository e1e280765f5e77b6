import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/**
 * The folders of the product, from the bottom up: a file imports from its own folder and from those before it. The files beside
 * core's folders have their own places.
 */
const ORDER = [
  'core/bounded-text',
  'core/code-entry',
  'core/header-codes',
  'core/file-error-codes',
  'core/error-codes',
  'core/reject-codes',
  'core/errors',
  'core/assert',
  'core/fault',
  'core/revision',
  'core/nearest',
  'core/csv',
  'core/libraries',
  'core/types',
  'core/expressions',
  'core/dataset',
  'core/imports',
  'core/write-plan',
  'core/ports',
  'core/rows',
  'core/pace',
  'core/settle',
  'core/lanes',
  'core/intake',
  'core/spill',
  'core/cost',
  'core/check',
  'core/infer',
  'engine',
  'deployment',
  'node',
  'aws',
  'lambda',
  'cli',
];

const files = globSync('src/**/*.ts', { cwd: root }).map((path) => path.slice('src/'.length));

function placeOf(path: string): number {
  return ORDER.findIndex((place) => path === `${place}.ts` || path.startsWith(`${place}/`));
}

test('every file of the product is in a folder of the order', () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((path) => placeOf(path) === -1)).toEqual([]);
});

test('no file imports from a folder above its own', () => {
  const upward = files.flatMap((path) => {
    const text = readFileSync(join(root, 'src', path), 'utf8');
    const targets = [...text.matchAll(/from '(\.[^']*)'/g)].map(([, to]) =>
      normalize(join(dirname(path), to!)),
    );
    return targets
      .filter((target) => !target.startsWith('../') && placeOf(target) > placeOf(path))
      .map((target) => `${path} imports ${target}`);
  });
  expect(upward).toEqual([]);
});

test('no file of the product has more than 300 lines', () => {
  const long = files.filter((path) => readFileSync(join(root, 'src', path), 'utf8').split('\n').length > 301);
  expect(long).toEqual([]);
});

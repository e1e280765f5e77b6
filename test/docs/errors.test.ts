import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errorsDocument } from '../../scripts/errors-document.ts';
import type { CodeEntry } from '../../src/core/code-entry.ts';
import { ERRORS } from '../../src/core/error-codes.ts';
import { REJECTS } from '../../src/core/reject-codes.ts';

const root = join(import.meta.dirname, '../..');
const tables = new Set(
  ['error-codes.ts', 'file-error-codes.ts', 'reject-codes.ts'].map((name) => join(root, 'src/core', name)),
);
const codes: readonly (readonly [string, CodeEntry])[] = [
  ...Object.entries(ERRORS),
  ...Object.entries(REJECTS),
];

test('docs/errors.md is what `npm run docs` generates', () => {
  expect(readFileSync(join(root, 'docs/errors.md'), 'utf8')).toBe(errorsDocument());
});

test('docs/errors.md has one row for each error code and reject code', () => {
  const rows = [...errorsDocument().matchAll(/^\| `([^`]+)` \| [^|]+ \| [^|]+ \|$/gm)];
  expect(rows.map(([, code]) => code!).toSorted()).toEqual(codes.map(([code]) => code).toSorted());
});

test.each(codes)('%s has a meaning and a remedy in sentences', (_, { meaning, remedy }) => {
  for (const text of [meaning, remedy]) expect(text).toMatch(/^[`A-Z].{7,}[.?]$/);
});

test.each([
  ['used by the product or the local stack', ['src', 'local']],
  ['shown by a test', ['test']],
])('every code is %s', (_, folders) => {
  const texts = folders
    .flatMap((folder) => filesOf(join(root, folder)))
    .filter((path) => !tables.has(path))
    .map((path) => readFileSync(path, 'utf8'));
  const unused = codes.filter(([code]) => !texts.some((text) => text.includes(`'${code}'`)));
  expect(unused.map(([code]) => code)).toEqual([]);
});

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

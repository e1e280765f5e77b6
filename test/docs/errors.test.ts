import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const codesFile = join(root, 'src/core/errors.ts');
const source = readFileSync(codesFile, 'utf8');
const document = readFileSync(join(root, 'docs/errors.md'), 'utf8');
const [errorsPart = '', rejectsPart = ''] = document.split('\n## Rejected rows\n');

describe.each([
  ['errors', 'ErrorCode', errorsPart],
  ['rejected rows', 'RejectCode', rejectsPart],
])('docs/errors.md, of %s,', (_, union, part) => {
  const codes = codesOf(union);

  test('has one line for each code, and none for what is no code', () => {
    const documented = [...part.matchAll(/^\| `([^`]+)` \|/gm)].map(([, code]) => code!);
    expect(documented.toSorted()).toEqual(codes.toSorted());
    expect(codes.length).toBeGreaterThan(10);
  });

  test.each(codes)('says of %s what it means and what to do', (code) => {
    const line = part.split('\n').find((each) => each.startsWith(`| \`${code}\` |`)) ?? '';
    const [meaning, remedy, ...more] = line.slice(1, -1).split(' | ').slice(1);
    for (const sentence of [meaning, remedy]) expect(sentence?.trim()).toMatch(/^[`A-Z].{7,}[.?]$/);
    expect(more).toEqual([]);
  });
});

const allCodes = [...codesOf('ErrorCode'), ...codesOf('RejectCode')];

test.each([
  ['used by the product or the local stack', ['src', 'local']],
  ['shown by a test', ['test']],
])('every code is %s', (_, folders) => {
  const texts = folders
    .flatMap((folder) => filesOf(join(root, folder)))
    .filter((path) => path !== codesFile)
    .map((path) => readFileSync(path, 'utf8'));
  expect(allCodes.filter((code) => !texts.some((text) => text.includes(`'${code}'`)))).toEqual([]);
});

/** The members of a union of string literals, as they stand in the source. */
function codesOf(union: string): string[] {
  const [, body = ''] = new RegExp(`export type ${union} =([^;]*);`).exec(source) ?? [];
  return [...body.matchAll(/\| '([a-z0-9-]+)'/g)].map(([, code]) => code!);
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

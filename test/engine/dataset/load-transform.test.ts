import { expect, test } from 'vitest';
import { loadTransform } from '../../../src/engine/dataset/load-transform.ts';

const context = { file: 'a.csv', line: 2, import: 'i1', imported_at: '' };

test('loads the default export of a module', async () => {
  const transform = await loadTransform(
    'people',
    'export default (row, { line }) => ({ ...row, line, text: "é#%" })',
  );
  expect(transform({ id: 'p1' }, context)).toEqual({ id: 'p1', line: 2, text: 'é#%' });
});

test.each([
  ['a module that is not valid', 'export default (', 'cannot be loaded: SyntaxError'],
  ['a module that throws', 'throw new Error("no")', 'cannot be loaded: Error: no'],
  ['a module without a default export', 'export const row = 1', 'has no function as its default export'],
])('refuses %s', async (_, code, text) => {
  await expect(loadTransform('people', code)).rejects.toMatchObject({
    code: 'transform-invalid',
    message: expect.stringContaining(text),
  });
});

import { putCounts } from '../support/counts.ts';
import { expect, test } from 'vitest';
import { stackOf } from '../local/stack-of.ts';

const files = Array.from({ length: 50 }, (_, index) => ({
  key: `things/${index}.csv`,
  rows: 10 * (index + 1),
  name: `f${index}`,
}));
const total = files.reduce((sum, { rows }) => sum + rows, 0);

test('50 files at once: each is done, each row is there, counted once', async () => {
  const stack = await stackOf({ concurrency: 8 });
  const objects = await Promise.all(
    files.map(({ key, rows, name }) =>
      stack.put(key, `id,file\n${idsOf(name, rows).join(`,${name}\n`)},${name}\n`),
    ),
  );
  const records = await Promise.all(objects.map((object) => stack.ended(object)));
  expect(records.map(({ object, status, counts }) => ({ key: object.key, status, counts }))).toEqual(
    files.map(({ key, rows }) => ({
      key,
      status: 'done',
      counts: putCounts({ read: rows, written: rows }),
    })),
  );
  // Each import ends once, also where a message comes twice.
  expect(stack.lines.filter((line) => line.includes('"import done"'))).toHaveLength(files.length);
  expect(stack.lines.filter((line) => line.includes('"level":"ERROR"'))).toEqual([]);

  const items = await stack.items('things');
  expect(items).toHaveLength(total);
  expect(new Map(items.map(({ id, file }) => [id?.S, file?.S]))).toEqual(
    new Map(files.flatMap(({ name, rows }) => idsOf(name, rows).map((id) => [id, name]))),
  );
}, 120_000);

function idsOf(name: string, rows: number): string[] {
  return Array.from({ length: rows }, (_, index) => `${name}-${index}`);
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObjectRef } from '../../src/core/imports/import.ts';
import { readDatasetFolder } from '../../src/node/dataset-folder.ts';
import { canonicalItems } from '../examples/canonical-items.ts';
import { feedFolders } from '../examples/feed-folders.ts';
import { openStack } from '../support/stack.ts';

let stack: Awaited<ReturnType<typeof openStack>>;
const uploaded = new Map<string, ObjectRef>();

beforeAll(async () => {
  const folders = await Promise.all(feedFolders.map(({ path }) => readDatasetFolder(path)));
  const datasets = folders.flatMap((folder) => folder.datasets);
  stack = await openStack({ datasets });
  // All at once: a dataset whose files are loaded in order waits a minute for earlier ones.
  for (const { name, file, bytes } of feedFolders) {
    const prefix = datasets.find((dataset) => dataset.name === name)!.source.prefix;
    uploaded.set(name, await stack.put(`${prefix}${keyOf(name, file)}`, bytes));
  }
}, 120_000);

afterAll(() => stack.remove());

describe.each(feedFolders)('$name', ({ name, expected }) => {
  test('is loaded by the built function into the items that items.json lists', async () => {
    const ended = await stack.ended(uploaded.get(name)!);
    expect(ended).toMatchObject({ status: 'done', counts: expected.rows });
    expect(canonicalItems(await stack.items(name))).toEqual(canonicalItems(expected.items));
  }, 120_000);
});

/** The prefix of GTFS includes the beginning of the file's name. */
function keyOf(name: string, file: string): string {
  return name === 'gtfs' ? file.slice('stop_times'.length) : `2025/${file}`;
}

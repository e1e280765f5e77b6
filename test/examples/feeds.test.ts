import { describe, expect, test } from 'vitest';
import { readDatasetFolder } from '../../src/node/dataset-folder.ts';
import { canonicalItems } from './canonical-items.ts';
import { feedFolders } from './feed-folders.ts';
import { loadFeed } from './load-feed.ts';

describe.each(feedFolders)('$name', ({ path, bytes, expected }) => {
  test('makes exactly the items and the rejects that items.json lists', async () => {
    const { datasets } = await readDatasetFolder(path);
    const loaded = await loadFeed(datasets[0]!, bytes);
    expect(loaded.rejects).toEqual(expected.rejects);
    expect(canonicalItems(loaded.items)).toEqual(canonicalItems(expected.items));
    expect(loaded.rows).toEqual(expected.rows);
  });

  if (expected.rejects.length === 0) return;
  test('has a reject file that can be uploaded, and is rejected for the same reasons', async () => {
    const { datasets } = await readDatasetFolder(path);
    const { rejectFile } = await loadFeed(datasets[0]!, bytes);
    const again = await loadFeed(datasets[0]!, rejectFile);
    const reasons = expected.rejects.map(({ column, code }) => ({ column, code }));
    expect(again.rejects.map(({ column, code }) => ({ column, code }))).toEqual(reasons);
    expect(again.rows).toMatchObject({ loaded: 0, rejected: reasons.length });
  });
});

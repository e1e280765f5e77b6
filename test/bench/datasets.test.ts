import { join } from 'node:path';
import { expect, test } from 'vitest';
import { peopleText } from '../../bench/people.ts';
import { accentedText, keptRows, richText, wideText } from '../../bench/rich.ts';
import { readDatasetFolder } from '../../src/node/dataset-folder.ts';
import { loadFeed } from '../examples/load-feed.ts';

const ROWS = 40;
const people = { pieces: () => peopleText({ rows: ROWS }), items: ROWS } as const;
const rich = { pieces: () => richText(ROWS), items: keptRows(ROWS) } as const;

/** The file that the benchmarks load by each document of bench/datasets. */
const files: Readonly<
  Record<string, { pieces: () => Iterable<string>; items: number; encoding?: BufferEncoding }>
> = {
  insert: people,
  merge: people,
  'newer-by': people,
  rich,
  'rich-transform': rich,
  'two-items': { ...rich, items: 2 * rich.items },
  'utf-16': { pieces: () => accentedText(ROWS), items: ROWS, encoding: 'utf16le' },
  wide: { pieces: () => wideText(ROWS), items: ROWS },
  'windows-1252': { pieces: () => accentedText(ROWS), items: ROWS, encoding: 'latin1' },
};

const { datasets } = await readDatasetFolder(join(import.meta.dirname, '../../bench/datasets'));

test('each document of bench/datasets has a file here', () => {
  expect(datasets.map(({ name }) => name)).toEqual(Object.keys(files));
});

test.each(datasets)('bench/datasets/$name.yaml loads its file', async (dataset) => {
  const { pieces, items, encoding } = files[dataset.name]!;
  const loaded = await loadFeed(dataset, Buffer.from([...pieces()].join(''), encoding));
  expect(loaded.rejects).toEqual([]);
  expect(loaded.rows.read).toBe(ROWS);
  expect(loaded.items).toHaveLength(items);
});

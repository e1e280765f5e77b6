import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rejectFiles } from '../../../src/cli/imports/reject-files.ts';
import { parseDataset } from '../../../src/core/dataset/dataset.ts';
import type { ImportRecord } from '../../../src/core/imports/import.ts';
import { rejectHeader } from '../../../src/core/rows/rejects/reject.ts';
import { temporaryFolder } from '../../local/local-clients.ts';

const dataset = parseDataset('things', {
  source: { prefix: 'things/' },
  table: { partition_key: 'id' },
  format: { delimiter: ';' },
});
const record = { id: 'i1', dataset: 'things' } as ImportRecord;

test('names the reject files that have rows, and none that holds only a header', async () => {
  const results = await temporaryFolder();
  expect(await rejectFiles(results, record, dataset)).toEqual([]);
  const folder = join(results, 'rejects/things/i1');
  await mkdir(folder, { recursive: true });
  // A name with a line end in it: the header has two lines.
  // A name with a line end in it: the header has two lines.
  const header = rejectHeader('0123456789abcdef0123', Buffer.from('id;"a\nb"'), dataset.format, false);
  await writeFile(join(folder, '0-000.csv'), header);
  await writeFile(join(folder, '0-100.csv'), [header, '3;id;key-empty;r;;1\n']);
  expect(await rejectFiles(results, record, dataset)).toEqual([join(folder, '0-100.csv')]);
});

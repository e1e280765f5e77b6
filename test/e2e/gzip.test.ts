import { putCounts } from '../support/counts.ts';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { parseDatasets } from '../../src/core/dataset/dataset.ts';
import { stackOf } from '../local/stack-of.ts';

const ROWS = 30_000;
const text = `id,n\n${Array.from({ length: ROWS }, (_, n) => `k${n},${(n * 7919) % 10_007}\n`).join('')}`;
const things = { source: { prefix: 'things/', suffix: '' }, table: { partition_key: 'id' } };

test('a compressed file is loaded, and a truncated one fails after its first rows are in the table', async () => {
  const stack = await stackOf({ datasets: parseDatasets({ things }) });
  const body = gzipSync(text);
  const done = await stack.ended(await stack.put('things/a.csv.gz', body));
  expect(done).toMatchObject({
    status: 'done',
    chunkCount: 1,
    counts: putCounts({ read: ROWS, written: ROWS }),
  });
  expect(new Map((await stack.items('things')).map(({ id, n }) => [id?.S, n?.S]))).toEqual(
    new Map(Array.from({ length: ROWS }, (_, n) => [`k${n}`, String((n * 7919) % 10_007)])),
  );

  const failed = await stack.ended(await stack.put('things/b.csv.gz', body.subarray(0, body.length - 20)));
  expect(failed).toMatchObject({ status: 'failed', failure: { code: 'gzip-damaged' } });
  const { read, written, superseded } = failed.counts;
  expect(written + superseded).toBe(read);

  const plain = await stack.ended(await stack.put('things/c.csv', 'id,n\nplain,1\n'));
  expect(plain).toMatchObject({ status: 'done', counts: { written: 1 } });
}, 120_000);

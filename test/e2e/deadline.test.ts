import { putCounts } from '../support/counts.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { generatePeople } from '../../bench/people.ts';
import { readDatasetFolder } from '../../src/node/dataset-folder.ts';
import { temporaryFolder } from '../local/local-clients.ts';
import { compareWithTable } from '../support/people-table.ts';
import { openStack } from '../support/stack.ts';
import { tableRelay } from '../support/table-relay.ts';

const timeoutMs = 20_000;
/** At most 50 answers a second, to 25 items each: 25,000 rows in the function's time, on however fast a machine. */
const paceMs = 20;
const rows = 51_000;

test('a file that needs several invocations resumes where the last one stopped', async () => {
  const file = join(await temporaryFolder(), 'people.csv');
  await generatePeople(file, { rows, quotes: 0.2, newlines: 0.1, unicode: 0.3 });
  const relay = await tableRelay({ paceMs });
  const stack = await openStack({
    ...(await readDatasetFolder(join(import.meta.dirname, '../../datasets'))),
    timeoutMs,
    environment: { AWS_ENDPOINT_URL_DYNAMODB: relay.url },
  });
  onTestFinished(() => stack.remove());
  relay.pointTo(stack.url);
  const record = await stack.ended(await stack.put('people/people.csv', await readFile(file)));
  expect(record).toMatchObject({
    status: 'done',
    chunkCount: 1,
    counts: putCounts({ read: rows, written: rows }),
  });

  const stops = offsets(stack.lines, 'chunk continued');
  expect(stops.length).toBeGreaterThanOrEqual(2);
  expect(offsets(stack.lines, 'chunk resumed')).toEqual(stops);
  expect([0, ...stops]).toEqual([...new Set([0, ...stops])].toSorted((a, b) => a - b));
  // No invocation was cut off by its deadline, and none failed.
  expect(stack.lines.filter((line) => line.includes('"level":"ERROR"'))).toEqual([]);

  process.stdout.write(`${relay.puts} items sent for ${rows} rows, over ${stops.length} deadlines\n`);
  expect(relay.puts).toBeGreaterThanOrEqual(rows);
  expect(relay.puts).toBeLessThanOrEqual(1.01 * rows);

  const table = { client: stack.clients.dynamo, table: 'test-people' };
  const compared = await compareWithTable(file, table);
  expect(compared).toEqual({ keys: rows, items: rows, wrong: 0, firstWrong: null });
}, 300_000);

/** Where the loaders stood when they logged this, in order. */
function offsets(lines: readonly string[], message: string): number[] {
  return lines
    .filter((line) => line.includes(`"${message}"`))
    .map((line) => (JSON.parse(line) as { offsetBytes: number }).offsetBytes);
}

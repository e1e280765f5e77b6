import { putCounts } from '../support/counts.ts';
import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { expect, onTestFinished, test } from 'vitest';
import { generatePeople } from '../../bench/people.ts';
import { readDatasetFolder } from '../../src/node/dataset-folder.ts';
import { temporaryFolder } from '../local/local-clients.ts';
import { openStack } from '../support/stack.ts';
import { startVerifyingEndpoint } from '../support/verifying-endpoint.ts';

const root = join(import.meta.dirname, '../..');
const extras = { quotes: 0.2, newlines: 0.1, unicode: 0.3 };

// None of the engines that stand in for DynamoDB takes a million rows in good time, so this endpoint stands in for them.
test('a million rows with quotes, newlines and unicode arrive as csv-parse reads them', async () => {
  const file = join(await temporaryFolder(), 'people.csv');
  await generatePeople(file, { rows: 1_000_000, ...extras });
  expect((await stat(file)).size).toBeGreaterThan(100e6);
  const server = await startVerifyingEndpoint();
  onTestFinished(() => server.close());
  const loader = ['--disable-warning=ExperimentalWarning', 'bench/engine-load.ts', file, server.endpoint];
  const { stdout } = await promisify(execFile)(process.execPath, loader, { cwd: root });
  // It throws unless the import is done and every row is counted as written.
  expect(JSON.parse(stdout)).toMatchObject({ rows: 1_000_000 });
  expect(await server.compare(file)).toEqual({
    writes: 1_000_000,
    items: 1_000_000,
    rows: 1_000_000,
    wrong: 0,
    firstWrong: null,
  });
}, 180_000);

test('the local stack loads 50,000 rows', async () => {
  const stack = await openStack(await readDatasetFolder(join(root, 'datasets')));
  onTestFinished(() => stack.remove());
  const file = join(await temporaryFolder(), 'people.csv');
  await generatePeople(file, { rows: 50_000, seed: 7, ...extras });
  const bytes = await readFile(file);
  const record = await stack.ended(await stack.put('people/50000.csv', bytes));
  expect(record).toMatchObject({
    status: 'done',
    counts: putCounts({ read: 50_000, written: 50_000 }),
  });

  const rows = parse<Record<string, string>>(bytes, { columns: true });
  const expected = new Map(rows.map((row) => [row['id'], row]));
  const items = await stack.items('people');
  expect(items).toHaveLength(50_000);
  for (const { id, age, height_m: height, active, ...texts } of items) {
    const row = expected.get(id?.S)!;
    expect([age?.N, Number(height?.N), active?.BOOL]).toEqual([
      row['age'],
      Number(row['height_m']),
      row['active'] === 'true',
    ]);
    expect(texts).toEqual({
      name: { S: row['name'] },
      email: { S: row['email'] },
      joined: { S: row['joined'] },
      notes: { S: row['notes'] },
    });
  }
}, 120_000);

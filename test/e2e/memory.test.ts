import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startCountingServer } from '../../bench/counting-server.ts';
import { generatePeople } from '../../bench/people.ts';
import { temporaryFolder } from '../local/local-clients.ts';

// What is promised is a file of 1 GB in a heap of 256 MB: SLUICE_MEMORY_TEST_MB=1000 tries that, in about 90 s. By default both
// are 30 % of it, so that the tests stay quick.
const fileMb = Number(process.env['SLUICE_MEMORY_TEST_MB'] ?? 300);
const heapMb = Math.floor(fileMb * 0.256);
/** What the loader may take in all: its heap is the smaller part, buffers for reading and sending the larger. */
const memoryMb = 300;
/** About what `generatePeople` writes a row, with the extras below. */
const rowBytes = 102;

test(`a file of ${fileMb} MB is loaded in a heap of ${heapMb} MB, and in ${memoryMb} MB in all`, async () => {
  const file = join(await temporaryFolder(), 'people.csv');
  const rows = Math.ceil((fileMb * 1e6) / rowBytes);
  const sizeBytes = await generatePeople(file, { rows, quotes: 0.2, newlines: 0.05, unicode: 0.2 });
  expect(sizeBytes / 1e6).toBeGreaterThan(0.99 * fileMb);
  const server = await startCountingServer();
  onTestFinished(() => server.close());
  const loader = ['--disable-warning=ExperimentalWarning', `--max-old-space-size=${heapMb}`];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...loader, 'bench/engine-load.ts', file, server.endpoint],
    { cwd: join(import.meta.dirname, '../..') },
  );
  const usage = JSON.parse(stdout) as { rows: number; peakRssBytes: number };
  expect(usage.rows).toBe(rows);
  expect((await server.count()).items).toBe(rows);
  expect(usage.peakRssBytes / 1e6).toBeLessThan(memoryMb);
}, 300_000);

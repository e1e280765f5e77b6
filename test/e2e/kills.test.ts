import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { expect, onTestFinished, test } from 'vitest';
import { peopleText } from '../../bench/people.ts';
import { seededRandom } from '../../sim/random.ts';
import { readDatasetFolder } from '../../src/node/dataset-folder.ts';
import { temporaryFolder } from '../local/local-clients.ts';
import { compareWithTable } from '../support/people-table.ts';
import { openStack } from '../support/stack.ts';
import { tableRelay } from '../support/table-relay.ts';
import { isCutOff, watchedFunction } from '../support/watched-function.ts';

// What is promised is tried by SLUICE_KILLS=100 SLUICE_KILL_ROWS=1000000, in some three minutes. By default both are small: whatever is
// killed waits for the end of its lease, a minute.
const kills = Number(process.env['SLUICE_KILLS'] ?? 4);
const rows = Number(process.env['SLUICE_KILL_ROWS'] ?? 80_000);
/** Of smaller chunks more are at hand while others wait for a lease; of larger ones more are killed behind a checkpoint. */
const chunkMb = Number(process.env['SLUICE_KILL_CHUNK_MB'] ?? 1);
const seed = Number(process.env['SLUICE_KILL_SEED'] ?? 1);
const timeoutMs = 300_000 + kills * 15_000;

test(
  `${kills} kills during a load of ${rows} rows: each row is there, counted once, each reject once`,
  async () => {
    const random = seededRandom(seed);
    const file = join(await temporaryFolder(), 'people.csv');
    const { bad, twice } = await writePeople(file);
    const relay = await tableRelay();
    const watched = await watchedFunction();
    const { datasets } = await readDatasetFolder(join(import.meta.dirname, '../../datasets'));
    const stack = await openStack({
      datasets: datasets.map((people) => ({
        ...people,
        // All chunks at once: a killed loader does not delay the others.
        load: { ...people.load, rows: 'parallel', chunk_mb: chunkMb, max_parallel: 100 },
        table: { ...people.table, billing: 'on_demand' },
      })),
      bundle: watched.bundle,
      concurrency: 8,
      // A process that is killed before it has its lease leaves its message hidden for this and a minute.
      timeoutMs: 15_000,
      environment: { AWS_ENDPOINT_URL_DYNAMODB: relay.url },
      log: watched.hear,
    });
    onTestFinished(() => stack.remove());
    relay.pointTo(stack.url);

    const begunMs = Date.now();
    const object = await stack.put('people/people.csv', await readFile(file));
    // Who takes the object in, and cuts it. Once: an event has three attempts, not ten as a message has.
    await watched.kill('aws:s3', random);
    for (const puts of timesOfKills(random)) {
      await relay.reached(puts);
      // Not always when a request has just come.
      await sleep(random() * 100);
      await watched.kill('aws:sqs', random);
    }
    const record = await stack.ended(object);
    const endedMs = Date.now();
    const cutOff = stack.lines.filter(isCutOff).length;
    expect(cutOff).toBeGreaterThanOrEqual(kills);

    const { counts } = record;
    expect(record).toMatchObject({ status: 'done', failure: null });
    expect(record.chunkCount).toBeGreaterThan(1);
    const good = rows + twice;
    expect(counts).toMatchObject({ read: good + twice + bad.length, rejected: bad.length, skipped: 0 });
    expect(counts.written + counts.superseded).toBe(good + twice);
    expect(counts.superseded).toBeLessThanOrEqual(twice);

    const files = await stack.results(`rejects/people/${record.id}/`);
    const rejects = [...files.values()].flatMap((text) =>
      parse<Record<string, string>>(text, { columns: true, relax_column_count: true }),
    );
    expect(
      rejects
        .map((row) => `${row[`sluice_line_${record.id}`]} ${row['id']} ${row['sluice_code']}`)
        .toSorted(),
    ).toEqual(bad.map(({ line, id, code }) => `${line} ${id} ${code}`).toSorted());

    const table = { client: stack.clients.dynamo, table: 'test-people' };
    const compared = await compareWithTable(file, table, ([id = '']) => id.startsWith('bad'));
    expect(compared).toEqual({ keys: good, items: good, wrong: 0, firstWrong: null });
    const measured = {
      kills: cutOff,
      chunks: record.chunkCount,
      resumed: stack.lines.filter((line) => line.includes('"chunk resumed"')).length,
      rows: counts.read,
      rejects: rejects.length,
      puts: relay.puts,
      seconds: Math.round((endedMs - begunMs) / 1000),
    };
    process.stdout.write(`${JSON.stringify(measured)}\n`);
  },
  timeoutMs,
);

/** By items that have been sent to the table, up to half of what the file needs at least: so the load can't end before. */
function timesOfKills(random: () => number): number[] {
  return Array.from({ length: kills - 1 }, () => (random() * rows) / 2).toSorted((a, b) => a - b);
}

type Bad = { readonly line: number; readonly id: string; readonly code: string };

/** Invented people; before the first and behind each 2,000 of them three rows that are bad, and one that stands there twice. */
async function writePeople(path: string): Promise<{ bad: readonly Bad[]; twice: number }> {
  const bad: Bad[] = [];
  let twice = 0;
  let line = 1;
  const out = createWriteStream(path);
  const write = (text: string): void => {
    out.write(text);
    line += text.split('\n').length - 1;
  };
  for (const text of peopleText({ rows, seed, quotes: 0.2, newlines: 0.1, unicode: 0.3 })) {
    write(text);
    for (const [code, cells] of Object.entries(spoilt)) {
      const id = `bad${bad.length}`;
      bad.push({ line, id, code });
      write(`${id},${cells}\n`);
    }
    const again = `twice${twice++},Eva,eva@example.org,40,1.7,true,2020-02-20,came twice\n`;
    write(again + again);
  }
  await new Promise<void>((resolve, reject) => {
    out.on('error', reject);
    out.end(resolve);
  });
  return { bad, twice };
}

const spoilt = {
  'number-invalid': 'Max,max@example.org,old,1.7,true,2020-02-20,spoilt',
  'boolean-invalid': 'Max,max@example.org,40,1.7,perhaps,2020-02-20,spoilt',
  'too-few-fields': 'Max,max@example.org',
};

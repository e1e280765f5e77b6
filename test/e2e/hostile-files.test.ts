import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../local/local-clients.ts';
import type { HostileLoad, HostileOutcome } from '../support/hostile-load.ts';

// A function of 256 MB: its whole process must stay below that, the code that it has loaded included.
const MEMORY_MB = 256;
const HEAP_MB = 160;
/** SLUICE_HOSTILE_SCALE=10 makes the files ten times as large; the memory must not follow. */
const SCALE = Number(process.env['SLUICE_HOSTILE_SCALE'] ?? 1);
const MILLION = 1_000_000 * SCALE;
const MEGABYTE = 1024 * 1024;

type Case = {
  readonly name: string;
  readonly header: string;
  /** Behind the header. */
  readonly body: () => Iterable<string>;
  readonly isCompressed?: boolean;
  readonly load?: Pick<HostileLoad, 'bytesPerSecond' | 'heldMs'>;
  readonly expected: { status: string; code?: string; counts?: Record<string, number> };
  readonly mostCheckpoints?: number;
};

const WIDE = 16_384;

const cases: readonly Case[] = [
  {
    name: 'rejects only, of two bytes each',
    header: 'id,n,ok',
    body: () => after('p1,1,1\n', times(MILLION, 'x\n')),
    expected: { status: 'done', counts: { read: MILLION + 1, written: 1, rejected: MILLION } },
  },
  {
    name: 'a million rejects behind a key that is held back for 5 s',
    header: 'id,n,ok',
    body: () => after('p1,1,1\n', times(MILLION, 'x\n')),
    load: { heldMs: 5000 },
    expected: { status: 'done', counts: { read: MILLION + 1, written: 1, rejected: MILLION } },
    mostCheckpoints: 10 + 40 * SCALE,
  },
  {
    name: 'one giant line',
    header: 'id,n,ok',
    body: () => times(20 * SCALE, 'x'.repeat(MEGABYTE)),
    expected: { status: 'failed', code: 'record-too-large' },
  },
  {
    name: 'a quote that is never closed',
    header: 'id,n,ok',
    body: () => after('p1,1,"', times(30 * SCALE, 'p1,1,1\n'.repeat(100_000))),
    expected: { status: 'failed', code: 'record-too-large' },
  },
  {
    name: 'lines of nothing but delimiters',
    header: 'id,n,ok',
    body: () => after('p1,1,1\n', times(4 * SCALE, `${','.repeat(4_000_000)}\n`)),
    expected: { status: 'done', counts: { written: 1, rejected: 4 * SCALE } },
  },
  {
    name: 'a header of 100,000 columns',
    header: columns(100_000).join(','),
    body: () => ['x\n'],
    expected: { status: 'failed', code: 'too-many-columns' },
  },
  {
    name: 'rows of as many columns as are loaded, on a slow table',
    header: ['id', ...columns(WIDE - 1)].join(','),
    body: () => numbered(300 * SCALE, ',v'.repeat(WIDE - 1)),
    load: { bytesPerSecond: 50 * MEGABYTE },
    expected: { status: 'done', counts: { read: 300 * SCALE, written: 300 * SCALE } },
  },
  {
    name: 'rows of 60 KB on a slow table',
    header: 'id,v',
    body: () => numbered(2000 * SCALE, `,${'v'.repeat(60_000)}`),
    load: { bytesPerSecond: 30 * MEGABYTE },
    expected: { status: 'done', counts: { read: 2000 * SCALE, written: 2000 * SCALE } },
  },
  {
    name: 'a gzip bomb of zeros',
    header: 'id,n,ok',
    body: () => times(100 * SCALE, '\0'.repeat(MEGABYTE)),
    isCompressed: true,
    expected: { status: 'failed', code: 'record-too-large' },
  },
  {
    name: 'a gzip bomb of empty lines',
    header: 'id,n,ok',
    body: () => after('p1,1,1\n', times(30 * SCALE, '\n'.repeat(MEGABYTE))),
    isCompressed: true,
    expected: { status: 'done', counts: { written: 1, skipped: 30 * SCALE * MEGABYTE } },
  },
];

describe(`in a function of ${MEMORY_MB} MB`, () => {
  test.each(cases)(
    '$name: loads or fails, within its memory',
    async (given) => {
      const outcome = await loadCase(given);
      expect(outcome.status).toBe(given.expected.status);
      expect(outcome.code).toBe(given.expected.code ?? null);
      expect(outcome.counts).toMatchObject(given.expected.counts ?? {});

      expect(outcome.checkpoints).toBeLessThan(given.mostCheckpoints ?? 100 * SCALE);
    },
    300_000,
  );
});

async function loadCase({ name, header, body, isCompressed, load }: Case): Promise<HostileOutcome> {
  const folder = await temporaryFolder();
  const file = join(folder, isCompressed === true ? 'a.csv.gz' : 'a.csv');
  const text = Readable.from(textOf(header, body), { objectMode: false });
  if (isCompressed === true) await pipeline(text, createGzip({ level: 1 }), createWriteStream(file));
  else await pipeline(text, createWriteStream(file));
  const options: HostileLoad = {
    file,
    columns: { n: { type: 'number', optional: true }, ok: { type: 'boolean', optional: true } },
    resultsFolder: join(folder, 'results'),
    ...load,
  };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      `--max-old-space-size=${HEAP_MB}`,
      // The share that Lambda's own start script gives V8: 5% of 256 MB.
      '--max-semi-space-size=12',
      'test/support/hostile-load.ts',
      JSON.stringify(options),
    ],
    { cwd: join(import.meta.dirname, '../..') },
  );
  const outcome = JSON.parse(stdout) as HostileOutcome;
  const peakMb = outcome.peakRssBytes / 1e6;
  process.stdout.write(`${name}: peak RSS ${peakMb.toFixed(0)} MB, ${outcome.elapsedSeconds.toFixed(1)} s\n`);
  expect(peakMb).toBeLessThan(MEMORY_MB);
  return outcome;
}

function* textOf(header: string, body: Case['body']): Generator<string> {
  yield `${header}\n`;
  yield* body();
}

function columns(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `c${index}`);
}

function* after(first: string, rest: Iterable<string>): Generator<string> {
  yield first;
  yield* rest;
}

/** The text so often, in pieces of about a megabyte. */
function* times(count: number, text: string): Generator<string> {
  const atOnce = Math.max(1, Math.min(count, Math.floor(MEGABYTE / text.length)));
  const piece = text.repeat(atOnce);
  for (let left = count; left > 0; left -= atOnce) yield left >= atOnce ? piece : text.repeat(left);
}

/** Rows with a key each. */
function* numbered(count: number, rest: string): Generator<string> {
  for (let index = 0; index < count; index++) yield `p${index}${rest}\n`;
}

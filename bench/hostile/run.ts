import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip, createZstdCompress } from 'node:zlib';
import { DOCUMENT, type HostileCase } from './cases.ts';
import type { HostileLoad, HostileOutcome } from './load.ts';

/** A function of 256 MB: its whole process must stay below that, the code that it has loaded included. */
export const MEMORY_MB = 256;
const HEAP_MB = 160;

const COMPRESS: Record<'gzip' | 'zstd', () => Transform> = {
  gzip: () => createGzip({ level: 1 }),
  zstd: () => createZstdCompress(),
};

/** Writes the case's file into the folder and loads it in a process with the memory limits of such a function. */
export async function loadHostile(
  { header, body, zeroBytes = 0, compression, document = DOCUMENT, load }: HostileCase,
  folder: string,
): Promise<HostileOutcome> {
  const file = join(folder, 'hostile.csv');
  const text = Readable.from(textOf(header, body), { objectMode: false });
  const target = createWriteStream(file);
  if (compression === undefined) await pipeline(text, target);
  else await pipeline(text, COMPRESS[compression](), target);
  if (zeroBytes > 0) await truncate(file, target.bytesWritten + zeroBytes);
  const options: HostileLoad = { file, document, resultsFolder: join(folder, 'results'), ...load };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      `--max-old-space-size=${HEAP_MB}`,
      // The share that Lambda's own start script gives V8: 5% of 256 MB.
      '--max-semi-space-size=12',
      'bench/hostile/load.ts',
      JSON.stringify(options),
    ],
    { cwd: join(import.meta.dirname, '../..') },
  );
  return JSON.parse(stdout) as HostileOutcome;
}

function* textOf(header: string, body: HostileCase['body']): Generator<string> {
  yield `${header}\n`;
  yield* body();
}

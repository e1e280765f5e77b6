import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_FORMAT } from '../src/core/csv/format.ts';
import type { Dataset } from '../src/core/dataset/dataset.ts';
import { readFileHeader } from '../src/engine/file/file-header.ts';
import { infer } from '../src/engine/infer/infer.ts';
import { readRows } from '../src/engine/infer/read-rows.ts';
import { fileObject, fileSource } from '../src/node/file-source.ts';
import { textSource } from '../src/node/text-source.ts';
import { generatePeople } from './people.ts';
import { measureUsage } from './usage.ts';

/** `node bench/infer.ts [ROWS]`: what it costs to infer the people file, beside reading its rows alone, in turns. */
const ROUNDS = 5;
const rows = Number(process.argv[2] ?? 500_000);

const folder = await mkdtemp(join(tmpdir(), 'sluice-infer-'));
try {
  const path = join(folder, 'people.csv');
  await generatePeople(path, { rows });
  const file = { name: 'people.csv', object: await fileObject(path), source: textSource(fileSource()) };
  const header = await readFileHeader(file.source, file.object, { format: DEFAULT_FORMAT } as Dataset);
  const results: { readonly inferSeconds: number; readonly readSeconds: number }[] = [];
  let peakRssBytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const reading = await measureUsage(() => readRows(file, header, () => undefined));
    const inferring = await measureUsage(async () => {
      await infer(file, { name: 'people', sampleBytes: null });
    });
    results.push({ inferSeconds: inferring.cpuSeconds, readSeconds: reading.cpuSeconds });
    peakRssBytes = inferring.peakRssBytes;
  }
  const [median] = results.toSorted((a, b) => a.inferSeconds - b.inferSeconds).slice(Math.floor(ROUNDS / 2));
  const { inferSeconds, readSeconds } = median!;
  console.log(
    `${rows} rows: ${Math.round(rows / inferSeconds)} rows a CPU-second inferred, ${Math.round(rows / readSeconds)} read; ` +
      `inferring takes ${(inferSeconds / readSeconds).toFixed(1)} times as long; peak ${Math.round(peakRssBytes / 2 ** 20)} MiB`,
  );
} finally {
  await rm(folder, { recursive: true });
}

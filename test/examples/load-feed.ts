import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { expect } from 'vitest';
import type { Dataset } from '../../src/core/dataset/dataset.ts';
import { textSource } from '../../src/node/text-source.ts';
import { loadLibraries } from '../../src/engine/dataset/libraries.ts';
import { world } from '../engine/world.ts';
import type { Expected } from './feed-folders.ts';

export type LoadedFeed = Pick<Expected, 'rows' | 'rejects' | 'items'> & { readonly rejectFile: Uint8Array };

/** Loads a file by the engine in memory into an empty table. The import must end as done, unless all of its rows are rejected. */
export async function loadFeed(dataset: Dataset, bytes: Uint8Array): Promise<LoadedFeed> {
  await loadLibraries(dataset);
  const engine = world({ datasets: [dataset], ports: ({ source }) => ({ source: textSource(source) }) });
  const object = await engine.drop(
    inflated(bytes),
    `${dataset.source.prefix}feed${dataset.source.suffix[0]!}`,
  );
  for (let next = engine.queue.messages[0]; next !== undefined; next = engine.queue.messages[0]) {
    await engine.clock.run(engine.clock.sleep(next.delayMs));
    await engine.loadNext();
  }
  const { counts, failure } = await engine.importOf(object);
  if (counts.loaded > 0) expect(failure).toBeNull();
  const rejectFile = Buffer.concat(
    [...engine.results.files].filter(([name]) => name.startsWith('rejects/')).map(([, body]) => body),
  );
  const { read, loaded, skipped, rejected } = counts;
  return {
    rows: { read, loaded, skipped, rejected },
    rejects: rejectsIn(rejectFile, dataset),
    items: engine.items(),
    rejectFile,
  };
}

/** Virtual time cannot wait for zlib, so the engine gets the text of a compressed file. */
function inflated(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}

/** The first three columns of a reject file. */
function rejectsIn(file: Uint8Array, { format }: Dataset): Expected['rejects'] {
  const rows: string[][] = parse(new TextDecoder(format.encoding).decode(file), {
    delimiter: format.delimiter,
    quote: format.quote ?? false,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
  return rows
    .slice(1)
    .map(([line, column, code]) => ({ line: Number(line), column: column ?? '', code: code ?? '' }));
}

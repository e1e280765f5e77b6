import { SluiceError } from '../core/errors.ts';
import type { ChunkRecord } from '../core/imports/import.ts';
import { importDetails, listOverviews } from '../engine/import-overview.ts';
import { type DeploymentOptions, withLedger } from './deployment.ts';
import { importText, lateFeeds, listText } from './imports/import-text.ts';
import { print, printJson, terminalWidth } from './terminal.ts';

type StatusOptions = DeploymentOptions & { dataset?: string; limit: string; json: boolean };

/** Prints the latest imports, or one of them with its chunks. Throws `import-unknown`. */
export async function status(importId: string | undefined, options: StatusOptions): Promise<void> {
  const nowMs = Date.now();
  const view = { width: terminalWidth(), nowMs };
  await withLedger(options, async (ledger) => {
    if (importId !== undefined) {
      const details = await importDetails(ledger, importId, nowMs);
      if (options.json) printJson({ ...details, chunks: details.chunks.map(plainChunk) });
      else importText(details, view).forEach(print);
      return;
    }
    const filter = { dataset: options.dataset ?? null, limit: parseLimit(options.limit) };
    const imports = await listOverviews(ledger, filter, nowMs);
    const feeds = (await ledger.listFeeds()).filter(
      ({ dataset }) => options.dataset === undefined || dataset === options.dataset,
    );
    if (options.json) {
      printJson({ imports, feeds });
      return;
    }
    if (imports.length === 0) print(noImports(options.dataset));
    else listText(imports, view).forEach(print);
    lateFeeds(feeds).forEach(print);
  });
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit;
  throw new SluiceError('configuration-invalid', `--limit must be a number from 1 to 1000, not '${text}'.`);
}

/** Without the bytes that record which items beyond the checkpoint are settled: only loaders read them. */
function plainChunk(chunk: ChunkRecord): object {
  const { ahead: _, ...checkpoint } = chunk.checkpoint;
  return { ...chunk, checkpoint };
}

function noImports(dataset: string | undefined): string {
  const whose = dataset === undefined ? '' : ` of a dataset '${dataset}'`;
  return `There are no imports${whose} yet: upload a file to the source bucket.`;
}

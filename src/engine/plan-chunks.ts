import { createBoundaryScan, joinScans, type RangeScan } from '../core/csv/boundary-scan.ts';
import type { Dataset } from '../core/dataset/dataset.ts';
import { failsImport } from '../core/errors.ts';
import type { ObjectRef, ChunkRange } from '../core/imports/import.ts';
import { chunkBytes, chunksAt } from '../core/imports/plan.ts';
import type { Clock, Source } from '../core/ports.ts';
import { readFileHeader } from './file-header.ts';

/** Ranges that are read at the same time: one stream of S3 brings about 85 MB/s. */
const SCANS_AT_ONCE = 8;
/** No range is begun after this time: what is not scanned then is one chunk. */
const PLAN_MS = 300_000;

/**
 * The chunks of an object, each from the first of its records to exactly the end of its last. Large files that may be cut are
 * read for it once, in ranges side by side. What is wrong with such an object, its load will tell: it is one chunk then.
 * Throws what may pass.
 */
export async function planChunks(
  { source, clock }: { source: Source; clock: Clock },
  dataset: Dataset,
  object: ObjectRef,
): Promise<readonly ChunkRange[]> {
  const { sizeBytes } = object;
  const wantedBytes = chunkBytes(dataset, object);
  if (wantedBytes === null) return chunksAt([], object);
  try {
    const header = await readFileHeader(source, object, dataset);
    const scans = await scanRanges(header.endBytes, wantedBytes);
    const places = joinScans(scans, { offsetBytes: header.endBytes, line: header.endLine });
    // The first chunk begins with the header.
    return chunksAt(places.slice(1), object);
  } catch (error) {
    if (failsImport(error)) return chunksAt([], object);
    throw error;
  }

  /** The scans of the ranges from the first on, as far as time allowed; the last of them begins the last chunk. */
  async function scanRanges(fromBytes: number, rangeBytes: number): Promise<readonly RangeScan[]> {
    const untilMs = clock.monotonic() + PLAN_MS;
    const scans: RangeScan[] = [];
    let next = 0;
    await Promise.all(Array.from({ length: SCANS_AT_ONCE }, work));
    return scans;

    async function work(): Promise<void> {
      while (clock.monotonic() < untilMs) {
        const index = next++;
        const startBytes = fromBytes + index * rangeBytes;
        if (startBytes >= sizeBytes) return;
        const scan = createBoundaryScan(dataset.format, startBytes);
        const endBytes = Math.min(startBytes + rangeBytes, sizeBytes);
        for await (const piece of source.read(object, startBytes, endBytes)) scan.push(piece);
        scans[index] = scan.result();
      }
    }
  }
}

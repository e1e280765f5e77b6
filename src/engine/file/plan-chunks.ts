import { createBoundaryScan, joinScans, type RangeScan } from '../../core/csv/scan/boundary-scan.ts';
import { MAX_FOOTER_BYTES } from '../../core/csv/footer.ts';
import type { Dataset } from '../../core/dataset/dataset.ts';
import { failsImport } from '../../core/errors.ts';
import type { ObjectRef, ChunkRange } from '../../core/imports/import.ts';
import { chunkBytes, chunksAt } from '../../core/imports/plan.ts';
import type { Clock, Source } from '../../core/ports.ts';
import { type FileHeader, readFileHeader } from './file-header.ts';

/** Ranges that are read at the same time: one stream of S3 brings about 85 MB/s. */
const SCANS_AT_ONCE = 8;
/** No range is begun after this time: what is not scanned then is one chunk. */
const PLAN_MS = 300_000;

/**
 * The chunks of an object, each from the first of its records to exactly the end of its last. Large files that may be cut are
 * read for it once, in ranges side by side; `tell` gets the reason why one cannot be cut. What is wrong with such an object, its load will tell: it is one chunk then.
 * Throws what may pass.
 */
export async function planChunks(
  { source, clock }: { source: Source; clock: Clock },
  dataset: Dataset,
  object: ObjectRef,
  tell: (whole: string) => void = () => undefined,
): Promise<readonly ChunkRange[]> {
  const { sizeBytes } = object;
  const wantedBytes = chunkBytes(dataset, object);
  if (wantedBytes === null) return chunksAt([], object);
  try {
    const header = await readFileHeader(source, object, dataset);
    const whole = mustBeWhole(header);
    if (whole !== null) {
      tell(whole);
      return chunksAt([], object);
    }
    const scans = await scanRanges(header, wantedBytes);
    const places = joinScans(scans, { offsetBytes: header.endBytes, line: header.endLine });
    // The first chunk begins with the header. The footer is in the last one.
    const lastBytes = header.format.skip_footer === 0 ? sizeBytes : sizeBytes - 2 * MAX_FOOTER_BYTES;
    return chunksAt(
      places.slice(1).filter(({ offsetBytes }) => offsetBytes < lastBytes),
      object,
    );
  } catch (error) {
    if (failsImport(error)) return chunksAt([], object);
    throw error;
  }

  /** The scans of the ranges from the first on, as far as time allowed; the last of them begins the last chunk. */
  async function scanRanges(
    { format, endBytes: fromBytes }: FileHeader,
    rangeBytes: number,
  ): Promise<readonly RangeScan[]> {
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
        const scan = createBoundaryScan(format, startBytes);
        const endBytes = Math.min(startBytes + rangeBytes, sizeBytes);
        for await (const piece of source.read(object, startBytes, endBytes)) scan.push(piece);
        scans[index] = scan.result();
      }
    }
  }
}

/** Why a file cannot be cut; null: it can. */
function mustBeWhole({ coding, format }: FileHeader): string | null {
  if (coding.compression !== null) return `${coding.compression} is not seekable`;
  if (coding.decodedFrom !== null) return `text in ${coding.decodedFrom} is decoded from its beginning`;
  if (format.stray_quotes === 'repair')
    return 'with format.stray_quotes: repair, where a row ends depends on the rows before it';
  return null;
}

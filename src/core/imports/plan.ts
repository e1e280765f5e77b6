import type { RecordPlace } from '../csv/scan/boundary-scan.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { expectedTextBytes } from '../csv/text/text-coding.ts';
import type { ObjectRef, ChunkRange } from './import.ts';

const MEGABYTE = 1024 * 1024;
/** One loader takes a table of fewer units to its limit alone. */
const LEAST_UNITS = 1000;
/** The plan is kept in the import's record. */
const MOST_CHUNKS = 1000;

/**
 * About how many bytes a chunk of the object shall have; null where the file is one chunk, because its dataset keeps the order
 * of rows (`load.rows`), the file is small, the table is the bottleneck, or the object is compressed: gzip is not seekable,
 * so each chunk's loader would have to inflate everything before its chunk.
 */
export function chunkBytes({ load, table }: Dataset, object: ObjectRef): number | null {
  const wanted = load.chunk_mb * MEGABYTE;
  // Of a table that the deployment does not create, the document does not know the units.
  const isSlow =
    table.existing === null && table.billing === 'provisioned' && table.write_units < LEAST_UNITS;
  const { sizeBytes } = object;
  if (load.rows === 'in_order' || load.max_parallel === 1 || sizeBytes <= wanted || isSlow) return null;
  return Math.max(wanted, Math.ceil(sizeBytes / MOST_CHUNKS));
}

/** The chunks of an object that is cut at the given records; without any, the whole object is one. */
export function chunksAt(cuts: readonly RecordPlace[], object: ObjectRef): readonly ChunkRange[] {
  const starts = [{ offsetBytes: 0, line: 1 }, ...cuts];
  return starts.map(({ offsetBytes, line }, index) => ({
    startBytes: offsetBytes,
    endBytes: starts[index + 1]?.offsetBytes ?? expectedTextBytes(object),
    startLine: line,
  }));
}

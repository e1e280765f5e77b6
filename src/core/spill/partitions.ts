import { assert } from '../assert.ts';
import { type Spill, SPILL_BLOCK_BYTES } from './spill.ts';

const WORD_BYTES = Uint32Array.BYTES_PER_ELEMENT;
const HASH_BITS = 128;

/** Records on disk, in runs by some bits of their hash: equal hashes are in one run, in the order in which they came. */
export type Partitions = {
  /** Copies the record at `at`. */
  add(records: Uint32Array, at: number): void;
  /** Writes what is still in memory, and gives that memory free. Returns the runs that have records. */
  close(): readonly number[];
};

/**
 * Parts records by the bits [firstBit, firstBit + bits) of the hash, and holds a block in memory for each part. `nextRun` gives the number
 * of a run that is not in use.
 */
export function createPartitions(
  spill: Spill,
  recordWords: number,
  { firstBit, bits }: { readonly firstBit: number; readonly bits: number },
  nextRun: () => number,
): Partitions {
  assert(firstBit + bits <= HASH_BITS, 'Records of one hash take one place in a table.');
  const blockWords = Math.floor(SPILL_BLOCK_BYTES / WORD_BYTES / recordWords) * recordWords;
  const count = 1 << bits;
  const word = firstBit >>> 5;
  const shift = 32 - (firstBit & 31) - bits;
  let buffers = new Uint32Array(count * blockWords);
  const filled = new Uint32Array(count);
  const runs = Array.from({ length: count }, () => -1);
  return { add, close };

  function add(records: Uint32Array, at: number): void {
    const part = (records[at + word]! >>> shift) & (count - 1);
    const end = part * blockWords + filled[part]!;
    for (let k = 0; k < recordWords; k++) buffers[end + k] = records[at + k]!;
    filled[part]! += recordWords;
    if (filled[part] === blockWords) write(part);
  }

  function write(part: number): void {
    if (runs[part] === -1) runs[part] = nextRun();
    spill.append(
      runs[part]!,
      new Uint8Array(buffers.buffer, part * blockWords * WORD_BYTES, filled[part]! * WORD_BYTES),
    );
    filled[part] = 0;
  }

  function close(): readonly number[] {
    for (let part = 0; part < count; part++) if (filled[part]! > 0) write(part);
    buffers = new Uint32Array(0);
    return runs.filter((run) => run !== -1);
  }
}

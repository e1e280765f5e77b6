import { type Spill, SPILL_BLOCK_BYTES } from '../../src/core/spill/spill.ts';

/** A spill in memory, which knows how many runs it has and had. It gives the same array for each block, as the one on disk does. */
export function memorySpill(): Spill & { runs(): number; mostRuns(): number; isOpen(): boolean } {
  const runs = new Map<number, Uint8Array[]>();
  let most = 0;
  let isOpen = true;
  return {
    append(run, block) {
      if (block.length > SPILL_BLOCK_BYTES) throw new Error(`a block of ${block.length} bytes`);
      const blocks = runs.get(run) ?? [];
      blocks.push(block.slice());
      runs.set(run, blocks);
      most = Math.max(most, runs.size);
    },
    *read(run) {
      const buffer = new Uint8Array(SPILL_BLOCK_BYTES);
      for (const block of runs.get(run) ?? []) {
        buffer.set(block);
        yield buffer.subarray(0, block.length);
      }
    },
    remove(run) {
      runs.delete(run);
    },
    close() {
      isOpen = false;
    },
    runs: () => runs.size,
    mostRuns: () => most,
    isOpen: () => isOpen,
  };
}

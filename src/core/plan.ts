import type { ChunkRange } from './ports.ts';

/** The chunks of an object: for now always one, the whole of it. An empty object has one too, so that its import ends. */
export function planChunks(sizeBytes: number): readonly ChunkRange[] {
  return [{ startBytes: 0, endBytes: sizeBytes }];
}

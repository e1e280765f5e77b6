import { NONE } from './item-slots.ts';

/** A FIFO queue of lanes, each at most once. */
export function createLaneQueue(laneCount: number) {
  const ring = new Int32Array(laneCount);
  const present = new Uint8Array(laneCount);
  let first = 0;
  let size = 0;
  return { push, shift };

  function push(lane: number): void {
    if (present[lane] === 1) return;
    present[lane] = 1;
    ring[(first + size) % laneCount] = lane;
    size++;
  }

  function shift(): number {
    if (size === 0) return NONE;
    const lane = ring[first]!;
    first = (first + 1) % laneCount;
    size--;
    present[lane] = 0;
    return lane;
  }
}

import { NONE } from './item-slots.ts';

/** A heap of lanes by the age of their first item, each at most once: the oldest comes out first. */
export function createLaneHeap(laneCount: number) {
  const heap = new Int32Array(laneCount);
  const ages = new Float64Array(laneCount);
  const present = new Uint8Array(laneCount);
  let size = 0;
  return { push, pop };

  /** A lower `age` is older. A lane that is in the heap keeps its age. */
  function push(lane: number, age: number): void {
    if (present[lane] === 1) return;
    present[lane] = 1;
    ages[lane] = age;
    let at = size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (ages[heap[parent]!]! <= age) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = lane;
  }

  function pop(): number {
    if (size === 0) return NONE;
    const oldest = heap[0]!;
    present[oldest] = 0;
    const last = heap[--size]!;
    const age = ages[last]!;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && ages[heap[child + 1]!]! < ages[heap[child]!]!) child++;
      if (ages[heap[child]!]! >= age) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return oldest;
  }
}

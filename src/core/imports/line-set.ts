/**
 * A set of line numbers: `[first, last, first, last, …]`, ascending, with a gap between two ranges. The rejected lines of a file
 * are often neighbours, and a range of any length takes two numbers.
 */
export type LineSet = readonly number[];

export const NO_LINES: LineSet = [];

/** Of numbers in any order, repeated or not; what is no line number (a safe integer from 1) is left out. */
export function lineSet(lines: Iterable<number>): LineSet {
  const sorted = Float64Array.from(lines).sort();
  const ranges: number[] = [];
  for (const line of sorted) if (Number.isSafeInteger(line) && line >= 1) push(ranges, line, line);
  return ranges;
}

/** The lines of both. */
export function joinedLines(a: LineSet, b: LineSet): LineSet {
  const ranges: number[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const isOfA = j >= b.length || (i < a.length && a[i]! <= b[j]!);
    if (isOfA) push(ranges, a[i++]!, a[i++]!);
    else push(ranges, b[j++]!, b[j++]!);
  }
  return ranges;
}

/** Adds a range that begins at or behind the beginning of the last one. */
function push(ranges: number[], first: number, last: number): void {
  const before = ranges.at(-1);
  if (before === undefined || first > before + 1) ranges.push(first, last);
  else ranges[ranges.length - 1] = Math.max(before, last);
}

export function lineCount(set: LineSet): number {
  let count = 0;
  for (let at = 0; at < set.length; at += 2) count += set[at + 1]! - set[at]! + 1;
  return count;
}

export function hasLine(set: LineSet, line: number): boolean {
  let low = 0;
  let high = set.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (set[2 * middle + 1]! < line) low = middle + 1;
    else high = middle;
  }
  return low < set.length / 2 && set[2 * low]! <= line;
}

/** Distances from one bound to the next, each as a number of variable length: 7 bits a byte, the lowest first. */
export function encodeLines(set: LineSet): Uint8Array {
  const bytes: number[] = [];
  let before = 0;
  for (const bound of set) {
    let rest = bound - before;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    bytes.push(rest);
    before = bound;
  }
  return Uint8Array.from(bytes);
}

/** What `encodeLines` has written. */
export function decodeLines(bytes: Uint8Array): LineSet {
  const set: number[] = [];
  let bound = 0;
  let distance = 0;
  let factor = 1;
  for (const byte of bytes) {
    distance += (byte % 128) * factor;
    factor *= 128;
    if (byte >= 128) continue;
    bound += distance;
    set.push(bound);
    distance = 0;
    factor = 1;
  }
  return set;
}

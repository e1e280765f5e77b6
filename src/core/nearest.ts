/** The candidate whose text differs least from the name, case and `_-` aside; null if none comes near. */
export function nearest(
  name: string,
  candidates: readonly string[],
  textOf: (candidate: string) => string,
): string | null {
  const most = Math.max(1, Math.floor(name.length / 3));
  let best: string | null = null;
  let bestDistance = most + 1;
  for (const candidate of candidates) {
    const distance = editDistance(plainName(name), plainName(textOf(candidate)), bestDistance);
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** A name without what people write in different ways: letter case, `_`, `-` and spaces. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[_\- ]/g, '');
}

/** Letters to insert, delete, replace or swap with their neighbour ('optimal string alignment'); `most` if it is as much or more. */
function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) >= most) return most;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let least = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, beforeLast[j - 2]! + 1);
      }
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return Math.min(most, last[b.length]!);
}

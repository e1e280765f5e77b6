/** Counts distinct texts by 32-bit hashes: exactly up to MOST_EXACT, then by HyperLogLog (Flajolet and others, 2007). The order of the texts makes no difference. */
export type Distinct = { add(hash: number): void; estimate(): number };

const MOST_EXACT = 256;
const INDEX_BITS = 11;
const REGISTERS = 1 << INDEX_BITS;
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);

export function createDistinct(): Distinct {
  let exact: Set<number> | null = new Set();
  let registers: Uint8Array | null = null;

  return { add, estimate };

  function add(hash: number): void {
    if (exact === null) {
      count(hash);
      return;
    }
    exact.add(hash);
    if (exact.size <= MOST_EXACT) return;
    registers = new Uint8Array(REGISTERS);
    for (const each of exact) count(each);
    exact = null;
  }

  function count(hash: number): void {
    const index = hash >>> (32 - INDEX_BITS);
    const rank = Math.clz32((hash << INDEX_BITS) | (1 << (INDEX_BITS - 1))) + 1;
    if (rank > registers![index]!) registers![index] = rank;
  }

  function estimate(): number {
    if (exact !== null) return exact.size;
    let sum = 0;
    let zeros = 0;
    for (const rank of registers!) {
      sum += 2 ** -rank;
      if (rank === 0) zeros++;
    }
    const raw = (ALPHA * REGISTERS * REGISTERS) / sum;
    if (raw <= 2.5 * REGISTERS && zeros > 0) return Math.round(REGISTERS * Math.log(REGISTERS / zeros));
    return Math.round(raw > 2 ** 32 / 30 ? -(2 ** 32) * Math.log(1 - raw / 2 ** 32) : raw);
  }
}

/** FNV-1a of the bytes, finished as MurmurHash3 does, so that every bit depends on every byte. */
export function hashBytes(bytes: Uint8Array, start: number, end: number, seed = 0x811c9dc5): number {
  let hash = seed ^ (end - start);
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

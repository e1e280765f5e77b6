/** Counts distinct texts by 32-bit hashes: exactly up to MOST_EXACT, then by HyperLogLog (Flajolet and others, 2007). The order of the texts makes no difference. */
export type Distinct = { add(hash: number): void; estimate(): number };

const MOST_EXACT = 256;
/** A power of two; the table grows to twice MOST_EXACT. */
const FIRST_PLACES = 16;
const INDEX_BITS = 11;
const REGISTERS = 1 << INDEX_BITS;
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);

export function createDistinct(): Distinct {
  /** The hashes so far, each at the first free place from its remainder on; 0 is free. null: there are too many. */
  let exact: Uint32Array | null = new Uint32Array(FIRST_PLACES);
  let size = 0;
  let registers: Uint8Array | null = null;

  return { add, estimate };

  function add(hash: number): void {
    // 0 is a free place. Another hash may be 1: of 4 billion texts, two.
    const kept = hash === 0 ? 1 : hash;
    if (exact === null) {
      count(kept);
      return;
    }
    if (!put(exact, kept)) return;
    size++;
    if (size > MOST_EXACT) registers = new Uint8Array(REGISTERS);
    else if (size * 2 <= exact.length) return;
    const earlier = exact;
    exact = registers === null ? new Uint32Array(earlier.length * 2) : null;
    for (const each of earlier) {
      if (each === 0) continue;
      if (exact === null) count(each);
      else put(exact, each);
    }
  }

  /** False: it has the hash. */
  function put(table: Uint32Array, hash: number): boolean {
    const mask = table.length - 1;
    let at = hash & mask;
    for (; table[at] !== 0; at = (at + 1) & mask) if (table[at] === hash) return false;
    table[at] = hash;
    return true;
  }

  function count(hash: number): void {
    const index = hash >>> (32 - INDEX_BITS);
    const rank = Math.clz32((hash << INDEX_BITS) | (1 << (INDEX_BITS - 1))) + 1;
    if (rank > registers![index]!) registers![index] = rank;
  }

  function estimate(): number {
    if (exact !== null) return size;
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

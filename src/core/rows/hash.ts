export const FIRST_HASH = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a of 32 bits. */
export function addToHash(hash: number, bytes: Uint8Array, start: number, end: number): number {
  let h = hash;
  for (let k = start; k < end; k++) h = Math.imul(h ^ bytes[k]!, FNV_PRIME);
  return h;
}

/** Spreads FNV's low bits over the word (the last step of MurmurHash3). */
export function mixHash(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

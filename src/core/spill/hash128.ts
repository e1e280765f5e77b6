const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

/**
 * Hashes the bytes [start, end) into four words of `to` at `at`: MurmurHash3_x86_128. It spreads well and is no secret: whoever writes a
 * file can make two values collide. A key that is unique is then not found, and nothing else happens.
 */
export function hash128(bytes: Uint8Array, start: number, end: number, to: Uint32Array, at: number): void {
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  let k = start;
  for (; k + 16 <= end; k += 16) {
    h1 ^= scramble(word(bytes, k), C1, 15, C2);
    h1 = (Math.imul(rotate(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= scramble(word(bytes, k + 4), C2, 16, C3);
    h2 = (Math.imul(rotate(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= scramble(word(bytes, k + 8), C3, 17, C4);
    h3 = (Math.imul(rotate(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= scramble(word(bytes, k + 12), C4, 18, C1);
    h4 = (Math.imul(rotate(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  const left = end - k;
  if (left > 12) h4 ^= scramble(partOfWord(bytes, k + 12, end), C4, 18, C1);
  if (left > 8) h3 ^= scramble(partOfWord(bytes, k + 8, end), C3, 17, C4);
  if (left > 4) h2 ^= scramble(partOfWord(bytes, k + 4, end), C2, 16, C3);
  if (left > 0) h1 ^= scramble(partOfWord(bytes, k, end), C1, 15, C2);
  const length = end - start;
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = finish((h2 + h1) | 0);
  h3 = finish((h3 + h1) | 0);
  h4 = finish((h4 + h1) | 0);
  h1 = finish(h1);
  h1 = (h1 + h2 + h3 + h4) | 0;
  to[at] = h1;
  to[at + 1] = h2 + h1;
  to[at + 2] = h3 + h1;
  to[at + 3] = h4 + h1;
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function partOfWord(bytes: Uint8Array, at: number, end: number): number {
  if (end - at >= 4) return word(bytes, at);
  let value = bytes[at]!;
  if (at + 1 < end) value |= bytes[at + 1]! << 8;
  if (at + 2 < end) value |= bytes[at + 2]! << 16;
  return value;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function scramble(value: number, first: number, bits: number, second: number): number {
  return Math.imul(rotate(Math.imul(value, first), bits), second);
}

function finish(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * Bytes in the UTF-8 sequence at `at`, 0 if it is not well-formed. (Unicode 16, table 3-7: no overlong forms, no
 * surrogates, nothing beyond U+10FFFF.)
 */
export function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + length > end) return 0;
  const second = bytes[at + 1]!;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let k = 2; k < length; k++) {
    if ((bytes[at + k]! & 0xc0) !== 0x80) return 0;
  }
  return length;
}

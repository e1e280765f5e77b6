import { type ColumnType, excerptOf, refuse } from './column-type.ts';
import { createScratch } from './cells/scratch.ts';

const scratch = createScratch();

/** Bytes that the file writes as base64 (with or without padding) or as hex (with or without PostgreSQL's `\x` before it). */
export const binary: ColumnType = {
  tagOf: () => 'B',
  mayBeKey: true,
  options: ['encoding', 'length'],
  compile({ spec }) {
    const name = spec.encoding ?? 'base64';
    const decode = name === 'hex' ? decodeHex : decodeBase64;
    return (result, from, start, end, at) => {
      const { bytes } = scratch(end - start);
      const length = decode(from.bytes, start, end, bytes);
      if (length < 0)
        return refuse(result, 'binary-invalid', `${excerptOf(from.bytes, start, end)} is not ${name}`);
      result.valueBytes = length;
      return writeBase64(bytes, length, result.to.bytes, at);
    };
  },
};

const INVALID = -1;
const PADDING = 0x3d;
const ALPHABET = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const SIXTETS = new Int8Array(256).fill(-1);
for (const [sixtet, character] of ALPHABET.entries()) SIXTETS[character] = sixtet;

/** RFC 4648, section 4. Bits that belong to no byte must be zero, so that two texts of the same bytes differ in padding only. */
function decodeBase64(from: Uint8Array, start: number, end: number, to: Uint8Array): number {
  let last = end;
  while (last > start && last > end - 2 && from[last - 1] === PADDING) last--;
  if (last < end && (end - start) % 4 !== 0) return INVALID;
  let out = 0;
  let bits = 0;
  let count = 0;
  for (let at = start; at < last; at++) {
    const sixtet = SIXTETS[from[at]!]!;
    if (sixtet < 0) return INVALID;
    bits = ((bits << 6) | sixtet) & 0xfff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    to[out++] = (bits >> count) & 0xff;
  }
  const rest = bits & ((1 << count) - 1);
  return count === 6 || rest !== 0 ? INVALID : out;
}

function decodeHex(from: Uint8Array, start: number, end: number, to: Uint8Array): number {
  const first = end - start >= 2 && from[start] === 0x5c && from[start + 1] === 0x78 ? start + 2 : start;
  if ((end - first) % 2 !== 0) return INVALID;
  let out = 0;
  for (let at = first; at < end; at += 2) {
    const high = hexDigit(from[at]!);
    const low = hexDigit(from[at + 1]!);
    if (high < 0 || low < 0) return INVALID;
    to[out++] = high * 16 + low;
  }
  return out;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : INVALID;
}

function writeBase64(from: Uint8Array, length: number, to: Uint8Array, position: number): number {
  let out = position;
  for (let at = 0; at < length; at += 3) {
    const left = length - at;
    const bits = (from[at]! << 16) | ((left > 1 ? from[at + 1]! : 0) << 8) | (left > 2 ? from[at + 2]! : 0);
    to[out++] = ALPHABET[bits >> 18]!;
    to[out++] = ALPHABET[(bits >> 12) & 63]!;
    to[out++] = left > 1 ? ALPHABET[(bits >> 6) & 63]! : PADDING;
    to[out++] = left > 2 ? ALPHABET[bits & 63]! : PADDING;
  }
  return out;
}

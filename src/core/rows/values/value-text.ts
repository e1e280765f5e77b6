import { AFTER_TEXT, BEFORE_TEXT, hasText, type Values } from './values.ts';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const MOST_CACHED_BYTES = 24;
const CACHE_SLOTS = 512;
const BACKSLASH = 0x5c;
const LOWER_U = 0x75;

/**
 * Texts of values as strings, for the rules that need them. Columns in conditions have few different values as a rule: short texts are
 * kept, because decoding costs ten times as much as comparing bytes.
 */
export type TextCache = {
  readonly texts: string[];
  readonly bytes: Uint8Array;
  readonly lengths: Uint8Array;
};

export function createTextCache(): TextCache {
  return {
    texts: Array.from({ length: CACHE_SLOTS }, () => ''),
    bytes: new Uint8Array(CACHE_SLOTS * MOST_CACHED_BYTES),
    lengths: new Uint8Array(CACHE_SLOTS),
  };
}

/** The text of a value; null: it has none, or an empty one. */
export function valueText(values: Values, slot: number, cache: TextCache): string | null {
  if (!hasText(values, slot)) return null;
  const tag = values.tags[slot]!;
  return innerText(
    values.words.bytes,
    values.starts[slot]! + BEFORE_TEXT[tag]!,
    values.ends[slot]! - AFTER_TEXT[tag]!,
    cache,
  );
}

/** The string that the bytes [start, end) are the inside of, as JSON. */
export function innerText(bytes: Uint8Array, start: number, end: number, cache: TextCache): string {
  const length = end - start;
  if (length > MOST_CACHED_BYTES) return decode(bytes, start, end);
  let hash = length;
  for (let k = start; k < end; k++) hash = Math.imul(hash, 31) + bytes[k]!;
  const index = (hash ^ (hash >>> 9)) & (CACHE_SLOTS - 1);
  const at = index * MOST_CACHED_BYTES;
  if (cache.lengths[index] === length && isSame(cache.bytes, at, bytes, start, length))
    return cache.texts[index]!;
  const text = decode(bytes, start, end);
  for (let k = 0; k < length; k++) cache.bytes[at + k] = bytes[start + k]!;
  cache.lengths[index] = length;
  cache.texts[index] = text;
  return text;
}

function isSame(a: Uint8Array, aStart: number, b: Uint8Array, bStart: number, length: number): boolean {
  for (let k = 0; k < length; k++) if (a[aStart + k] !== b[bStart + k]) return false;
  return true;
}

function decode(bytes: Uint8Array, start: number, end: number): string {
  let isPlain = end - start <= 256;
  for (let k = start; isPlain && k < end; k++) isPlain = bytes[k]! < 0x80 && bytes[k] !== BACKSLASH;
  if (isPlain) return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
  const text = utf8.decode(bytes.subarray(start, end));
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
}

/** A value as DynamoDB's JSON. */
export function valueJson({ words, starts, ends }: Values, slot: number): unknown {
  return JSON.parse(utf8.decode(words.bytes.subarray(starts[slot], ends[slot])));
}

/** Bytes of the text that [start, end) is the inside of, as JSON. Of characters, only control characters are written as `\u`. */
export function textSize(bytes: Uint8Array, start: number, end: number): number {
  let size = end - start;
  for (let at = start; at < end; at++) {
    if (bytes[at] !== BACKSLASH) continue;
    const length = bytes[at + 1] === LOWER_U ? 6 : 2;
    size -= length - 1;
    at += length - 1;
  }
  return size;
}

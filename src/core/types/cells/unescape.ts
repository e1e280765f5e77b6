import type { Words } from '../words.ts';

/** Copies a cell of UTF-8 into the scratch without the escapes before its quotes. Returns the length of the copy. */
export function unescape(
  from: Uint8Array,
  start: number,
  end: number,
  { quote, escape }: { readonly quote: number; readonly escape: number },
  to: Words,
): number {
  let out = 0;
  for (let at = start; at < end; at++) {
    let byte = from[at]!;
    if (byte === escape && at + 1 < end && (from[at + 1] === quote || from[at + 1] === escape))
      byte = from[++at]!;
    to.bytes[out++] = byte;
  }
  return out;
}

/**
 * Finds a cell's bytes among some texts without making a string: the index of the text, or -1. `ignoreCase`: letters of ASCII are
 * compared on the bytes; a cell with other letters is decoded, if one of the texts has any.
 */
export type TextTable = (bytes: Uint8Array, start: number, end: number) => number;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** Lower case of a text outside of ASCII may have up to three times its bytes. */
const FOLDED_GROWTH = 3;

export function createTextTable(texts: readonly string[], ignoreCase = false): TextTable {
  const entries = texts.map((text, index) => ({
    bytes: encoder.encode(ignoreCase ? text.toLowerCase() : text),
    index,
  }));
  const longest = Math.max(-1, ...entries.map(({ bytes }) => bytes.length));
  const byLength = Array.from({ length: longest + 1 }, (_, length) =>
    entries.filter(({ bytes }) => bytes.length === length),
  );
  const fold = ignoreCase ? LOWER : SAME;
  const others = new Map(
    ignoreCase
      ? entries
          .filter(({ bytes }) => bytes.some((byte) => byte >= 0x80))
          .map(({ index }) => [texts[index]!.toLowerCase(), index])
      : [],
  );

  return (bytes, start, end) => {
    const length = end - start;
    if (length <= longest) {
      next: for (const { bytes: text, index } of byLength[length]!) {
        for (let k = 0; k < length; k++) if (fold[bytes[start + k]!] !== text[k]) continue next;
        return index;
      }
    }
    if (others.size === 0 || length > longest * FOLDED_GROWTH) return -1;
    return others.get(decoder.decode(bytes.subarray(start, end)).toLowerCase()) ?? -1;
  };
}

const SAME = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const LOWER = SAME.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));

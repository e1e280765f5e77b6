const BACKSLASH = 0x5c;
const LOWER_U = 0x75;
/** Shorter texts of ASCII are put together faster than they are decoded. */
const SHORT = 48;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text that stands as the inside of a JSON string in [start, end). */
export function jsonText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= SHORT) {
    let text = '';
    let at = start;
    for (; at < end && bytes[at]! < 0x80 && bytes[at] !== BACKSLASH; at++) {
      text += String.fromCharCode(bytes[at]!);
    }
    if (at === end) return text;
  }
  const text = decoder.decode(bytes.subarray(start, end));
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
}

/** Its characters (code points). */
export function jsonLength(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === BACKSLASH) at += bytes[at + 1] === LOWER_U ? 5 : 1;
    if ((byte & 0xc0) !== 0x80) count++;
  }
  return count;
}

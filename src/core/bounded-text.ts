/** Of a text that is kept or logged: DynamoDB takes 400 KB an item, and a person reads no more of a reason anyway. */
export const MAX_TEXT_BYTES = 4096;
/** Stands where something was left out. */
const GAP = ' […] ';
/** Bytes that a UTF-16 code unit takes in UTF-8, at most. */
const BYTES_A_UNIT = 3;

const encoder = new TextEncoder();

/**
 * The text, if it has at most `maxBytes` in UTF-8; otherwise its beginning and its end, where messages say what to do. No
 * character is cut in two.
 */
export function boundedText(text: string, maxBytes: number = MAX_TEXT_BYTES): string {
  if (text.length * BYTES_A_UNIT <= maxBytes) return text;
  const room = new Uint8Array(maxBytes);
  if (encoder.encodeInto(text, room).read === text.length) return text;
  const endUnits = Math.floor(maxBytes / 4 / BYTES_A_UNIT);
  const startBytes = maxBytes - endUnits * BYTES_A_UNIT - encoder.encode(GAP).length;
  const startUnits = encoder.encodeInto(text, room.subarray(0, startBytes)).read;
  const end = text.slice(text.length - endUnits);
  return text.slice(0, startUnits) + GAP + (isLowSurrogate(end) ? end.slice(1) : end);
}

function isLowSurrogate(text: string): boolean {
  const unit = text.charCodeAt(0);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** A member of an item's text: its name and its value as they stand there, the name with its quotes. */
export type Member = { readonly name: string; readonly value: string };

/**
 * The members of an item's text that follow its key: bytes [keyEnd, end) are `,"name":value,…}`. Only positions are searched for, so
 * values of any size and depth are copied as they are.
 */
export function membersAfterKey(bytes: Uint8Array, keyEnd: number, end: number): Member[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const members: Member[] = [];
  for (let at = keyEnd; bytes[at] !== CLOSE_BRACE && at < end;) {
    const nameStart = at + 1;
    const nameEnd = behindString(bytes, nameStart);
    const valueEnd = behindValue(bytes, nameEnd + 1);
    members.push({
      name: text.toString('utf8', nameStart, nameEnd),
      value: text.toString('utf8', nameEnd + 1, valueEnd),
    });
    at = valueEnd;
  }
  return members;
}

/** `at` is at the opening quote. */
function behindString(bytes: Uint8Array, at: number): number {
  let next = at + 1;
  while (bytes[next] !== QUOTE) next += bytes[next] === BACKSLASH ? 2 : 1;
  return next + 1;
}

/** Every attribute value is an object. */
function behindValue(bytes: Uint8Array, at: number): number {
  let depth = 0;
  let next = at;
  do {
    const byte = bytes[next];
    if (byte === QUOTE) {
      next = behindString(bytes, next);
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
    next++;
  } while (depth > 0);
  return next;
}

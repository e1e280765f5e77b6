import { tagAt, TAGS, type Values } from './values.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
/** `{"M":{` and `{"L":[`. */
const OPENING_BYTES = 6;

const utf8 = new TextDecoder();

/** The start of the attribute value at a path in the one of a slot: members of maps by name, elements of lists by index. -1: none. */
export function findPath(
  { words: { bytes }, starts }: Values,
  slot: number,
  path: readonly string[],
): number {
  let at = starts[slot]!;
  for (const name of path) {
    const tag = tagAt(bytes, at);
    at =
      tag === TAGS.M
        ? findMember(bytes, at + OPENING_BYTES, name)
        : tag === TAGS.L && /^\d{1,6}$/.test(name)
          ? findElement(bytes, at + OPENING_BYTES, Number(name))
          : -1;
    if (at < 0) return -1;
  }
  return at;
}

function findMember(bytes: Uint8Array, start: number, name: string): number {
  let at = start;
  while (bytes[at] !== CLOSE_BRACE) {
    if (bytes[at] === COMMA) at++;
    const end = endOfString(bytes, at);
    const value = end + 1;
    if (JSON.parse(utf8.decode(bytes.subarray(at, end))) === name) return value;
    at = endOfValue(bytes, value);
  }
  return -1;
}

function findElement(bytes: Uint8Array, start: number, index: number): number {
  let at = start;
  for (let count = 0; bytes[at] !== CLOSE_BRACKET; count++) {
    if (bytes[at] === COMMA) at++;
    if (count === index) return at;
    at = endOfValue(bytes, at);
  }
  return -1;
}

/** The position after the JSON object that begins at `start`. */
export function endOfValue(bytes: Uint8Array, start: number): number {
  let depth = 0;
  let at = start;
  for (;;) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      at = endOfString(bytes, at);
      continue;
    }
    at++;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
    if (depth === 0) return at;
  }
}

function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

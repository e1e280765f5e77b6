import { sequenceLength } from '../../csv/text/utf8.ts';
import { numberSize } from '../numbers/number-writer.ts';
import { checkNumber } from '../numbers/number-text.ts';
import { jsonText } from '../cells/json-text.ts';

/** "Quotas in Amazon DynamoDB": the levels of a document, the attribute itself included. */
export const MAX_LEVELS = 32;

/** Overheads of "DynamoDB Item sizes and formats". */
const COLLECTION_BYTES = 3;
const ELEMENT_BYTES = 1;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const encoder = new TextEncoder();
const NULL = encoder.encode('{"NULL":true}');
const TRUE = encoder.encode('{"BOOL":true}');
const FALSE = encoder.encode('{"BOOL":false}');
const STRING = encoder.encode('{"S":"');
const NUMBER = encoder.encode('{"N":"');
const END_OF_TEXT = encoder.encode('"}');
const LIST = encoder.encode('{"L":[');
const END_OF_LIST = encoder.encode(']}');
const MAP = encoder.encode('{"M":{');
const END_OF_MAP = encoder.encode('}}');

/** Turns JSON into DynamoDB's JSON, byte by byte: strings keep their escapes, numbers their digits. */
export type JsonWriter = {
  /**
   * Writes the value of the JSON [start, end). Returns the position after it, or JSON_NULL, or a reason. `asElements`: the JSON
   * must be an array, and only its elements are written.
   */
  write(
    bytes: Uint8Array,
    start: number,
    end: number,
    to: Uint8Array,
    position: number,
    asElements: boolean,
  ): number | string;
  /** Size of the value that was written last, as DynamoDB counts it. */
  readonly valueBytes: number;
};

/** The whole text is `null`. */
export const JSON_NULL = -1;

/** Ends the parse: nested functions need no way back for it. */
class Fault extends Error {}

export function createJsonWriter(): JsonWriter {
  let from = new Uint8Array();
  let start = 0;
  let end = 0;
  let at = 0;
  let to = new Uint8Array();
  let out = 0;
  let size = 0;

  return {
    write,
    get valueBytes() {
      return size;
    },
  };

  function write(
    bytes: Uint8Array,
    first: number,
    last: number,
    target: Uint8Array,
    position: number,
    asElements: boolean,
  ): number | string {
    from = bytes as Uint8Array<ArrayBuffer>;
    start = first;
    at = first;
    end = last;
    to = target as Uint8Array<ArrayBuffer>;
    out = position;
    size = 0;
    try {
      skipSpace();
      const isNull = from[at] === 0x6e;
      if (asElements && !isNull) writeElements(2);
      else writeValue(1);
      skipSpace();
      if (at < end) fail('there is text after the value');
      return isNull ? JSON_NULL : out;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return error.message;
    } finally {
      from = new Uint8Array();
      to = new Uint8Array();
    }
  }

  function fail(reason: string): never {
    throw new Fault(`${reason} (character ${at - start + 1})`);
  }

  function skipSpace(): void {
    while (at < end && (from[at] === 0x20 || from[at] === 0x0a || from[at] === 0x0d || from[at] === 0x09))
      at++;
  }

  function put(text: Uint8Array): void {
    for (let k = 0; k < text.length; k++) to[out++] = text[k]!;
  }

  /** `level`: of the value, 1 for the attribute's. */
  function writeValue(level: number): void {
    const byte = at < end ? from[at]! : 0;
    if (byte === QUOTE) {
      put(STRING);
      writeString();
      put(END_OF_TEXT);
    } else if (byte === 0x7b) {
      writeMap(level);
    } else if (byte === 0x5b) {
      put(LIST);
      writeElements(level + 1);
      put(END_OF_LIST);
    } else if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) {
      writeNumber();
    } else if (!writeWord('null', NULL) && !writeWord('true', TRUE) && !writeWord('false', FALSE)) {
      fail(at < end ? 'this is no JSON value' : 'the JSON ends too early');
    }
  }

  function writeWord(word: string, value: Uint8Array): boolean {
    if (at + word.length > end) return false;
    for (let k = 0; k < word.length; k++) if (from[at + k] !== word.charCodeAt(k)) return false;
    at += word.length;
    put(value);
    size += 1;
    return true;
  }

  function checkLevel(level: number): void {
    if (level > MAX_LEVELS) fail(`more than ${MAX_LEVELS} levels`);
  }

  /** The array at `at`, without the text around its elements, which are of `level`. */
  function writeElements(level: number): void {
    if (from[at] !== 0x5b || at >= end) fail('a JSON array is needed');
    size += COLLECTION_BYTES;
    at++;
    skipSpace();
    if (at < end && from[at] === 0x5d) {
      at++;
      return;
    }
    checkLevel(level);
    for (;;) {
      size += ELEMENT_BYTES;
      writeValue(level);
      if (isLast(0x5d)) return;
      to[out++] = 0x2c;
    }
  }

  function writeMap(level: number): void {
    put(MAP);
    size += COLLECTION_BYTES;
    at++;
    skipSpace();
    if (at < end && from[at] === 0x7d) {
      at++;
      put(END_OF_MAP);
      return;
    }
    checkLevel(level + 1);
    const names = new Set<string>();
    for (;;) {
      if (at >= end || from[at] !== QUOTE) fail('a name in double quotes is needed');
      to[out++] = QUOTE;
      const nameStart = out;
      writeString();
      const name = jsonText(to, nameStart, out);
      if (name === '') fail('a name is empty, which DynamoDB does not take');
      if (names.has(name)) fail(`the name ${JSON.stringify(name.slice(0, 60))} stands twice`);
      names.add(name);
      to[out++] = QUOTE;
      skipSpace();
      if (at >= end || from[at] !== 0x3a) fail('a colon is needed');
      at++;
      to[out++] = 0x3a;
      size += ELEMENT_BYTES;
      skipSpace();
      writeValue(level + 1);
      if (isLast(0x7d)) break;
      to[out++] = 0x2c;
    }
    put(END_OF_MAP);
  }

  /** After an element: passes over the comma, or the end of the collection. */
  function isLast(closing: number): boolean {
    skipSpace();
    if (at < end && from[at] === closing) {
      at++;
      return true;
    }
    if (at >= end || from[at] !== 0x2c) fail(at < end ? 'a comma is needed' : 'the JSON ends too early');
    at++;
    skipSpace();
    return false;
  }

  function writeNumber(): void {
    const first = at;
    if (from[at] === 0x2d) at++;
    const whole = at;
    passDigits();
    if (at === whole || (from[whole] === 0x30 && at > whole + 1)) fail('this is no JSON number');
    if (at < end && from[at] === 0x2e) {
      const point = at++;
      passDigits();
      if (at === point + 1) fail('this is no JSON number');
    }
    if (at < end && (from[at]! | 0x20) === 0x65) {
      at++;
      if (at < end && (from[at] === 0x2b || from[at] === 0x2d)) at++;
      const digits = at;
      passDigits();
      if (at === digits) fail('this is no JSON number');
    }
    if (checkNumber(from, first, at) !== 'ok') fail('the number is beyond those of DynamoDB');
    put(NUMBER);
    for (let k = first; k < at; k++) to[out++] = from[k]!;
    put(END_OF_TEXT);
    size += numberSize(at - first);
  }

  function passDigits(): void {
    while (at < end && from[at]! >= 0x30 && from[at]! <= 0x39) at++;
  }

  /** Copies the string at `at`, without its quotes, as it is: DynamoDB's JSON has the same escapes. */
  function writeString(): void {
    at++;
    for (;;) {
      if (at >= end) fail('a string is not closed');
      const byte = from[at]!;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        copyEscape();
      } else if (byte < 0x20) {
        fail('a control character must be written as an escape');
      } else {
        const length = sequenceLength(from, at, end);
        if (length === 0) fail('the text is not valid UTF-8');
        for (let k = 0; k < length; k++) to[out++] = from[at++]!;
        size += length;
      }
    }
    at++;
  }

  function copyEscape(): void {
    const letter = from[at + 1]!;
    if (letter !== 0x75) {
      if (at + 1 >= end || !SIMPLE_ESCAPES.has(letter)) fail('this is no escape of JSON');
      to[out++] = from[at++]!;
      to[out++] = from[at++]!;
      size += 1;
      return;
    }
    const unit = codeUnit(at);
    if (unit >= 0xdc00 && unit <= 0xdfff) fail('half of a surrogate pair');
    const isPair = unit >= 0xd800 && unit <= 0xdbff;
    if (isPair) {
      const second =
        at + 7 < end && from[at + 6] === BACKSLASH && from[at + 7] === 0x75 ? codeUnit(at + 6) : 0;
      if (second < 0xdc00 || second > 0xdfff) fail('half of a surrogate pair');
    }
    const length = isPair ? 12 : 6;
    for (let k = 0; k < length; k++) to[out++] = from[at++]!;
    size += isPair ? 4 : unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
  }

  /** Of `\u00e9` at `escape`. */
  function codeUnit(escape: number): number {
    let unit = 0;
    for (let k = escape + 2; k < escape + 6; k++) {
      const digit = k < end ? HEX.indexOf(String.fromCharCode(from[k]! | 0x20)) : -1;
      if (digit < 0) fail('this is no escape of JSON');
      unit = unit * 16 + digit;
    }
    return unit;
  }
}

const HEX = '0123456789abcdef';
const SIMPLE_ESCAPES = new Set(new TextEncoder().encode('"\\/bfnrt'));

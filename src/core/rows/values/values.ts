import { SPARE_BYTES, type Words, wordsOf } from '../../types/words.ts';

/**
 * The values of a row: each is written once, as the JSON of a DynamoDB attribute value (`{"S":"a"}`), into a scratch area. Items and
 * templates copy their bytes. A value is known by its slot, a number from 0.
 */
export type Values = {
  words: Words;
  /** Bytes in use. */
  used: number;
  /** Where the values are, what they are, and their sizes as DynamoDB counts them; by slot. */
  starts: Int32Array;
  ends: Int32Array;
  sizes: Int32Array;
  tags: Uint8Array;
  /** 1: the value is the column's `default`. */
  defaulted: Uint8Array;
};

/** What a value is. Below FIRST_TAG there is none. */
export const ABSENT = 0;
/** Null, and a merge removes the attribute. */
export const REMOVED = 1;
export const FIRST_TAG = 2;
export const TAGS = { S: 2, N: 3, B: 4, BOOL: 5, NULL: 6, SS: 7, NS: 8, BS: 9, L: 10, M: 11 } as const;
export type TagName = keyof typeof TAGS;
export const TAG_NAMES = ['', '', 'S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M'] as const;

/** Bytes before and after the text of a value, by tag: `{"S":"` and `"}`. 0: a value that has no text. */
export const BEFORE_TEXT = Uint8Array.of(0, 0, 6, 6, 6, 8, 0, 0, 0, 0, 0, 0);
export const AFTER_TEXT = Uint8Array.of(0, 0, 2, 2, 2, 1, 0, 0, 0, 0, 0, 0);

const NULL_JSON = new TextEncoder().encode('{"NULL":true}');
const FIRST_BYTES = 4096;

export function createValues(slots: number): Values {
  const words = wordsOf(new Uint8Array(FIRST_BYTES));
  words.bytes.set(NULL_JSON);
  return {
    words,
    used: NULL_JSON.length,
    starts: new Int32Array(slots),
    ends: new Int32Array(slots),
    sizes: new Int32Array(slots),
    tags: new Uint8Array(slots),
    defaulted: new Uint8Array(slots),
  };
}

/** Forgets all values. The first bytes of the scratch area always hold a null. */
export function clearValues(values: Values): void {
  values.used = NULL_JSON.length;
  values.tags.fill(ABSENT);
}

/** Makes room for so many bytes after those in use; `words` may be other ones after it. */
export function reserveBytes(values: Values, bytes: number): void {
  const needed = values.used + bytes + SPARE_BYTES;
  if (needed <= values.words.bytes.length) return;
  const larger = new Uint8Array(Math.max(needed, values.words.bytes.length * 2));
  larger.set(values.words.bytes.subarray(0, values.used));
  values.words = wordsOf(larger);
}

/** Adds slots up to `count`. */
export function growSlots(values: Values, count: number): void {
  if (count <= values.tags.length) return;
  const room = Math.max(count, values.tags.length * 2);
  for (const name of ['starts', 'ends', 'sizes'] as const) {
    const larger = new Int32Array(room);
    larger.set(values[name]);
    values[name] = larger;
  }
  for (const name of ['tags', 'defaulted'] as const) {
    const larger = new Uint8Array(room);
    larger.set(values[name]);
    values[name] = larger;
  }
}

export function setNull(values: Values, slot: number): void {
  values.starts[slot] = 0;
  values.ends[slot] = NULL_JSON.length;
  values.sizes[slot] = 1;
  values.tags[slot] = TAGS.NULL;
}

/** Lets a slot be the value of another one. */
export function copySlot(values: Values, from: number, to: number): void {
  values.starts[to] = values.starts[from]!;
  values.ends[to] = values.ends[from]!;
  values.sizes[to] = values.sizes[from]!;
  values.tags[to] = values.tags[from]!;
}

/** Whether the slot has a text that is not empty: of a string, number, binary or boolean. */
export function hasText({ starts, ends, tags }: Values, slot: number): boolean {
  const tag = tags[slot]!;
  return BEFORE_TEXT[tag]! > 0 && ends[slot]! - starts[slot]! > BEFORE_TEXT[tag]! + AFTER_TEXT[tag]!;
}

/** The tag of the attribute value that begins at `start`: by its first letters. */
export function tagAt(bytes: Uint8Array, start: number): number {
  const second = bytes[start + 3];
  switch (bytes[start + 2]!) {
    case 0x53: // S
      return second === 0x53 ? TAGS.SS : TAGS.S;
    case 0x4e: // N
      return second === 0x53 ? TAGS.NS : second === 0x55 ? TAGS.NULL : TAGS.N;
    case 0x42: // B
      return second === 0x53 ? TAGS.BS : second === 0x4f ? TAGS.BOOL : TAGS.B;
    case 0x4c: // L
      return TAGS.L;
    default:
      return TAGS.M;
  }
}

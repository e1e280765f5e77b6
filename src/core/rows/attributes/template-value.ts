import { applyFilters } from '../../expressions/template/filters.ts';
import { canonicalNumber } from '../../types/numbers/canonical-number.ts';
import { refuse } from '../../types/column-type.ts';
import { copyWords, type WordText, wordText, writeWords } from '../../types/words.ts';
import { MAX_ITEM_BYTES } from '../item.ts';
import type { RowState } from '../row-state.ts';
import { attributeSize, numberSize, utf8Length } from '../values/attribute-size.ts';
import { endOfValue, findPath } from '../values/find-path.ts';
import { innerText, textSize } from '../values/value-text.ts';
import { AFTER_TEXT, BEFORE_TEXT, copySlot, FIRST_TAG, reserveBytes, tagAt, TAGS } from '../values/values.ts';
import type { Part, ValuePart } from './template-parts.ts';

/** Computes the value of a slot. False: the row is refused, `row.refusals` say why. A slot without value is ABSENT. */
export type Compute = (state: RowState) => boolean;

const encoder = new TextEncoder();
const utf8 = new TextDecoder();
const OPENING = wordText(encoder.encode('{"S":"'));
const CLOSING = wordText(encoder.encode('"}'));
/** `{"N":"` and the like, and as much again to be safe. */
const AROUND_BYTES = 16;
const ZERO = 0x30;
const NINE = 0x39;

/** One reference alone: the value itself, with its type. */
export function compileAlias(slot: number, part: ValuePart): Compute {
  const { path } = part;
  const from = part.slot;
  if (path.length === 0) {
    return ({ values }) => {
      if (values.tags[from]! >= FIRST_TAG) copySlot(values, from, slot);
      return true;
    };
  }
  return ({ row, values }) => {
    if (values.tags[from]! < FIRST_TAG) return true;
    const start = findPath(values, from, path);
    if (start < 0) return true;
    const { bytes } = values.words;
    const end = endOfValue(bytes, start);
    const value = JSON.parse(utf8.decode(bytes.subarray(start, end))) as { N?: string };
    values.tags[slot] = tagAt(bytes, start);
    values.starts[slot] = start;
    values.ends[slot] = end;
    values.sizes[slot] = attributeSize(value);
    if (value.N === undefined) return true;
    // A number may be a key, which has one text only.
    const text = canonicalNumber(value.N);
    reserveBytes(values, text.length + AROUND_BYTES);
    row.to = values.words;
    values.starts[slot] = values.used;
    values.used += encoder.encodeInto(`{"N":"${text}"}`, row.to.bytes.subarray(values.used)).written;
    values.ends[slot] = values.used;
    values.sizes[slot] = numberSize(text);
    return true;
  };
}

type CompiledPart = { readonly words: WordText; readonly sizeBytes: number } | CompiledValue;
type CompiledValue = ValuePart & {
  /** What the value must not contain, as bytes of JSON; empty: anything may be in it. */
  readonly following: Uint8Array;
  readonly followingText: string;
  /** Of `pad` as the only filter; 0: other filters, or none. */
  readonly padTo: number;
};

/**
 * A text of several parts. If a part is missing or empty, there is no value. `isKey`: a part must not contain the text that follows it,
 * so that two keys are equal only if all their parts are.
 */
export function compileText(slot: number, parts: readonly Part[], isKey: boolean): Compute {
  const compiled = parts.map((part, index) => compilePart(part, parts[index + 1], isKey));
  return (state) => {
    const { values } = state;
    const start = values.used;
    reserveBytes(values, AROUND_BYTES);
    values.used = writeWords(OPENING, values.words, start);
    let sizeBytes = 0;
    for (const part of compiled) {
      const bytes = 'words' in part ? addWords(state, part.words, part.sizeBytes) : addValue(state, part);
      sizeBytes += bytes;
      if (bytes > 0 && sizeBytes <= MAX_ITEM_BYTES) continue;
      values.used = start;
      if (bytes === MISSING) return true;
      if (bytes > 0) refuse(state.row, 'item-too-large', `the text has over ${MAX_ITEM_BYTES} bytes`);
      return false;
    }
    reserveBytes(values, AROUND_BYTES);
    values.used = writeWords(CLOSING, values.words, values.used);
    state.row.to = values.words;
    values.tags[slot] = TAGS.S;
    values.starts[slot] = start;
    values.ends[slot] = values.used;
    values.sizes[slot] = sizeBytes;
    return true;
  };
}

/** What the functions below return instead of the bytes that they have added, which are at least one. */
const MISSING = 0;
const REFUSED = -1;

function compilePart(part: Part, next: Part | undefined, isKey: boolean): CompiledPart {
  if ('text' in part) {
    const words = wordText(encoder.encode(insideJson(part.text)));
    return { words, sizeBytes: utf8Length(part.text) };
  }
  const followingText = isKey && next !== undefined && 'text' in next ? next.text : '';
  const [only, ...others] = part.filters;
  return {
    ...part,
    followingText,
    following: encoder.encode(insideJson(followingText)),
    padTo: only?.name === 'pad' && others.length === 0 ? Number(only.argument) : 0,
  };
}

function addWords({ values }: RowState, words: WordText, sizeBytes: number): number {
  reserveBytes(values, words.length + AROUND_BYTES);
  values.used = writeWords(words, values.words, values.used);
  return sizeBytes;
}

function addValue(state: RowState, part: CompiledValue): number {
  const { row, values } = state;
  const tag = values.tags[part.slot]!;
  let start = values.starts[part.slot]!;
  let end = values.ends[part.slot]!;
  let isThere = tag >= FIRST_TAG;
  let textTag: number = tag;
  if (isThere && part.path.length > 0) {
    start = findPath(values, part.slot, part.path);
    isThere = start >= 0;
    if (isThere) {
      textTag = tagAt(values.words.bytes, start);
      end = endOfValue(values.words.bytes, start);
    }
  }
  if (isThere && textTag === TAGS.NULL) isThere = false;
  if (isThere && BEFORE_TEXT[textTag] === 0) {
    refuse(row, 'template-part-invalid', `'${part.name}' is a list, set or map, which has no text`);
    return REFUSED;
  }
  start += BEFORE_TEXT[textTag]!;
  end -= AFTER_TEXT[textTag]!;
  if (!isThere || end <= start) start = end;
  const at = values.used;
  if (part.filters.length > 0) {
    if (part.padTo === 0 || start === end || !padDigits(state, part, start, end)) {
      const text = start === end ? null : innerText(values.words.bytes, start, end, state.texts);
      const added = addFiltered(state, part, text);
      if (added <= 0) return added;
    }
  } else {
    if (start === end) return MISSING;
    reserveBytes(values, end - start + AROUND_BYTES);
    values.used = copyWords(values.words, start, end, values.words, at);
  }
  if (part.following.length > 0 && contains(values.words.bytes, at, values.used, part.following)) {
    const text = shown(innerText(values.words.bytes, at, values.used, state.texts));
    const reason = `'${part.name}' is ${text}; it must not contain ${shown(part.followingText)}, which follows it in the key (the filter encode escapes it)`;
    refuse(row, 'key-part-ambiguous', reason);
    return REFUSED;
  }
  return textSize(values.words.bytes, at, values.used);
}

/** Digits alone, and no more than the width: without a string. */
function padDigits({ values }: RowState, { padTo }: CompiledValue, start: number, end: number): boolean {
  const length = end - start;
  if (length > padTo) return false;
  for (let k = start; k < end; k++) {
    const byte = values.words.bytes[k]!;
    if (byte < ZERO || byte > NINE) return false;
  }
  reserveBytes(values, padTo + AROUND_BYTES);
  const { bytes } = values.words;
  let out = values.used;
  for (let k = length; k < padTo; k++) bytes[out++] = ZERO;
  values.used = copyWords(values.words, start, end, values.words, out);
  return true;
}

function addFiltered(
  { row, values }: RowState,
  { filters, name }: CompiledValue,
  text: string | null,
): number {
  const filtered = applyFilters(text, filters);
  if (filtered === null) return MISSING;
  if (typeof filtered !== 'string') {
    refuse(row, 'template-part-invalid', `'${name}': ${filtered.reason}`);
    return REFUSED;
  }
  const inside = insideJson(filtered);
  reserveBytes(values, 3 * inside.length + AROUND_BYTES);
  values.used += encoder.encodeInto(inside, values.words.bytes.subarray(values.used)).written;
  return inside.length;
}

function contains(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  const first = text[0]!;
  for (let at = start; at <= end - text.length; at++) {
    if (bytes[at] !== first) continue;
    let k = 1;
    while (k < text.length && bytes[at + k] === text[k]) k++;
    if (k === text.length) return true;
  }
  return false;
}

function insideJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

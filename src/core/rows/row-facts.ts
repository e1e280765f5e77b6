import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { RowState } from './row-state.ts';
import { numberSize } from './values/attribute-size.ts';
import { reserveBytes, TAGS } from './values/values.ts';

const encoder = new TextEncoder();
/** 128 bits. */
const HASH_DIGITS = 32;
const MOST_BYTES = 64;

/**
 * Writes `$line` and `$row_hash` into their slots (-1: not used). The hash is of the cells of the fields `first` to `last` as bytes, so
 * that a rejected row that is uploaded again has the hash that it had.
 */
export function writeRowFacts(
  state: RowState,
  { line, hash }: { readonly line: number; readonly hash: number },
  first: number,
  last: number,
): void {
  if (line >= 0) {
    const text = String(state.line);
    addValue(state, line, `{"N":"${text}"}`, TAGS.N, numberSize(text));
  }
  if (hash >= 0) addValue(state, hash, `{"S":"${rowHash(state, first, last)}"}`, TAGS.S, HASH_DIGITS);
}

function addValue({ row, values }: RowState, slot: number, json: string, tag: number, size: number): void {
  reserveBytes(values, MOST_BYTES);
  row.to = values.words;
  values.starts[slot] = values.used;
  values.used += encoder.encodeInto(json, row.to.bytes.subarray(values.used)).written;
  values.ends[slot] = values.used;
  values.sizes[slot] = size;
  values.tags[slot] = tag;
}

/** SHA-256 of the cells, each with its length before it. */
function rowHash({ row: { reader, from } }: RowState, first: number, last: number): string {
  const hash = sha256.create();
  const length = new Uint8Array(4);
  for (let field = first; field <= last; field++) {
    const start = reader.starts[field]!;
    const end = reader.ends[field]!;
    new DataView(length.buffer).setUint32(0, end - start);
    hash.update(length).update(from.bytes.subarray(start, end));
  }
  return bytesToHex(hash.digest()).slice(0, HASH_DIGITS);
}

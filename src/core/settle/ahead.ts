import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Dataset } from '../dataset/dataset.ts';
import { REVISION } from '../revision.ts';

/**
 * What has become of an item. `PENDING`: it is not settled, or it must be read again. `WRITTEN`: its operation was carried out.
 * `SUPERSEDED`: a later item of the file has its key. `KEPT`: the table's item stays, because it existed already or is newer.
 */
export const PENDING = 0;
export const WRITTEN = 1;
export const SUPERSEDED = 2;
export const KEPT = 3;
export type Fate = typeof PENDING | typeof WRITTEN | typeof SUPERSEDED | typeof KEPT;

/**
 * The fates of the items beyond a checkpoint, in the order of the file, as the ledger stores them. Items are numbered in the order in
 * which the mapping accepts them, so the numbers are valid only for the code and the dataset document that made them. The bytes
 * begin with a seal of both; with another seal they are ignored. After it come the fates, four in a byte, run-length encoded: a
 * control byte n below 128 is followed by n + 1 literal bytes; one of 128 or more is followed by one byte that repeats n - 125 times.
 */
export const SEAL_BYTES = 8;
const FATES_A_BYTE = 4;
const MOST_LITERALS = 128;
const LEAST_REPEATS = 3;
const MOST_REPEATS = 130;

/** Identifies the code and the dataset document that number the items. */
export function sealOf(dataset: Dataset): Uint8Array {
  return sha256(utf8ToBytes(`${REVISION}\n${dataset.digest}`)).subarray(0, SEAL_BYTES);
}

export type FateReader = {
  /** The fate of the next item; `PENDING` after the last one. */
  next(): Fate;
  /** Everything that was recorded is read: only `PENDING` follows. */
  readonly isAtEnd: boolean;
  /** Another reader that continues from here. */
  copy(): FateReader;
};

/** Reads recorded fates; none if they have another seal. */
export function createFateReader(ahead: Uint8Array | undefined, seal: Uint8Array): FateReader {
  const isValid = ahead !== undefined && seal.every((byte, index) => ahead[index] === byte);
  const bytes = isValid ? ahead : new Uint8Array(0);
  return readerFrom({ at: SEAL_BYTES, literals: 0, repeats: 0, byte: 0, fates: 0 });

  function readerFrom(state: {
    at: number;
    /** Literal bytes that follow, and how often `byte` still repeats. */
    literals: number;
    repeats: number;
    byte: number;
    /** Fates of the byte that are not read yet. */
    fates: number;
  }): FateReader {
    return {
      next,
      get isAtEnd() {
        return isAtEnd();
      },
      copy: () => readerFrom({ ...state }),
    };

    function isAtEnd(): boolean {
      return state.fates === 0 && state.repeats === 0 && state.at >= bytes.length;
    }

    function next(): Fate {
      if (state.fates === 0) {
        if (isAtEnd()) return PENDING;
        nextByte();
      }
      state.fates--;
      return ((state.byte >> (2 * (FATES_A_BYTE - 1 - state.fates))) & 3) as Fate;
    }

    function nextByte(): void {
      if (state.repeats === 0 && state.literals === 0) {
        const control = bytes[state.at++]!;
        if (control < MOST_LITERALS) state.literals = control + 1;
        else {
          state.repeats = control - MOST_LITERALS + LEAST_REPEATS;
          state.byte = bytes[state.at++]!;
        }
      }
      if (state.literals > 0) {
        state.literals--;
        state.byte = bytes[state.at++]!;
      } else state.repeats--;
      state.fates = FATES_A_BYTE;
    }
  }
}

export type FateWriter = {
  add(fate: Fate): void;
  /** There is no room for more: all further items are `PENDING`. */
  readonly isFull: boolean;
  /** undefined: every item is `PENDING`. */
  end(): Uint8Array | undefined;
};

/** Writes fates into at most so many bytes. */
export function createFateWriter(seal: Uint8Array, mostBytes: number): FateWriter {
  const out = [...seal];
  let byte = 0;
  let fates = 0;
  /** The last whole byte, and how often it has come. */
  let last = 0;
  let repeats = 0;
  /** Where the number of the present literals stands; -1: there are none. */
  let literalsAt = -1;
  let isFull = false;

  return {
    add,
    get isFull() {
      return isFull;
    },
    end,
  };

  function add(fate: Fate): void {
    byte |= fate << (2 * fates);
    fates++;
    if (fates === FATES_A_BYTE) addByte();
  }

  function addByte(): void {
    if (byte !== last) writeRun();
    last = byte;
    repeats++;
    byte = 0;
    fates = 0;
  }

  function end(): Uint8Array | undefined {
    if (fates > 0) addByte();
    if (last !== 0) writeRun();
    return out.length === SEAL_BYTES ? undefined : Uint8Array.from(out);
  }

  function writeRun(): void {
    while (repeats > 0 && !isFull) {
      isFull = out.length + 2 > mostBytes;
      if (isFull) break;
      if (repeats >= LEAST_REPEATS) {
        const times = Math.min(MOST_REPEATS, repeats);
        out.push(MOST_LITERALS - LEAST_REPEATS + times, last);
        literalsAt = -1;
        repeats -= times;
        continue;
      }
      if (literalsAt === -1 || out[literalsAt] === MOST_LITERALS - 1) {
        literalsAt = out.length;
        out.push(0);
      } else out[literalsAt]!++;
      out.push(last);
      repeats--;
    }
    repeats = 0;
  }
}

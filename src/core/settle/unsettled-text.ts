import { assert } from '../assert.ts';
import { ARRAY_BYTES, type SpareArrays } from './spare-arrays.ts';

/**
 * The file's text from the first row that is not settled on: a row that the table refuses is cut from it, without a second
 * reading of the file (which would inflate a compressed one from its start). It is copied into pages that serve again and again:
 * the pieces in which it comes would outlive the young generation, and their memory would stay until V8 collects the old one.
 */
export type UnsettledText = {
  /** Copies the next bytes of the file. */
  push(bytes: Uint8Array): void;
  /** A copy of what stands at these offsets of the file. */
  slice(startBytes: number, endBytes: number): Uint8Array;
  /** Everything before this offset is settled. */
  dropBefore(offsetBytes: number): void;
  readonly heldBytes: number;
};

const PAGE_BYTES = ARRAY_BYTES;

/** `spare` has arrays of ARRAY_BYTES only. */
export function createUnsettledText(startBytes: number, spare: SpareArrays): UnsettledText {
  const pages: Uint8Array[] = [];
  /** Offset of the first page, and of the byte behind the last one that was pushed. */
  let firstBytes = startBytes;
  let endBytes = startBytes;

  return {
    push,
    slice,
    dropBefore,
    get heldBytes() {
      return pages.length * PAGE_BYTES;
    },
  };

  function push(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      const at = (endBytes - firstBytes) % PAGE_BYTES;
      if ((endBytes - firstBytes) / PAGE_BYTES === pages.length) pages.push(spare.take());
      const part = bytes.subarray(from, from + PAGE_BYTES - at);
      pages.at(-1)!.set(part, at);
      from += part.length;
      endBytes += part.length;
    }
  }

  function slice(start: number, end: number): Uint8Array {
    assert(start >= firstBytes && end <= endBytes, 'Text that is not held was asked for.');
    const text = new Uint8Array(end - start);
    for (let from = start; from < end;) {
      const at = (from - firstBytes) % PAGE_BYTES;
      const page = pages[Math.floor((from - firstBytes) / PAGE_BYTES)]!;
      const part = page.subarray(at, at + end - from);
      text.set(part, from - start);
      from += part.length;
    }
    return text;
  }

  function dropBefore(offsetBytes: number): void {
    const isAll = offsetBytes === endBytes;
    const count = isAll ? pages.length : Math.floor((offsetBytes - firstBytes) / PAGE_BYTES);
    for (const page of pages.splice(0, count)) spare.give(page);
    firstBytes = isAll ? endBytes : firstBytes + count * PAGE_BYTES;
  }
}

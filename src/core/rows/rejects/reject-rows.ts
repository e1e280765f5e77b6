import { byteTable, encodeText } from '../../csv/text/encoding.ts';
import type { Format } from '../../csv/format.ts';
import { createFaultCounter, type FaultTally } from '../../imports/fault-tally.ts';
import { lineEndOf, type Reject, rejectCells } from './reject.ts';

/**
 * Rejects of a block, as the bytes that a reject file will hold: a million refused rows of two bytes are some 65 MB this way, and
 * several times that as objects.
 */
export type RejectRows = {
  add(reject: Reject): void;
  readonly count: number;
  /** Memory that is taken, room to grow included. */
  readonly heldBytes: number;
  readonly faults: FaultTally;
  /** The rows in the order of the file. */
  bytes(): Uint8Array;
};

const FIRST_BYTES = 512;
/** A line number and an offset, in arrays that grow by half. */
const INDEX_BYTES = 24;
/** A pair of code and column in the counter of faults. */
const PAIR_BYTES = 200;
/** UTF-8 of a UTF-16 code unit. */
const MAX_UTF8_BYTES = 3;
const encoder = new TextEncoder();

export function createRejectRows(format: Format): RejectRows {
  const isUtf8 = byteTable(format.encoding) === null;
  const lineEnd = encoder.encode(lineEndOf(format));
  let rows = new Uint8Array(FIRST_BYTES);
  let used = 0;
  const lines: number[] = [];
  const starts: number[] = [];
  const faults = createFaultCounter();
  /** What the table refuses comes later than what the mapping refuses. */
  let isInOrder = true;

  return {
    add,
    bytes,
    get count() {
      return lines.length;
    },
    get heldBytes() {
      return rows.length + lines.length * INDEX_BYTES + faults.size * PAIR_BYTES;
    },
    get faults() {
      return faults.tally();
    },
  };

  function add(reject: Reject): void {
    const cells = rejectCells(reject, format);
    const { line, record } = reject;
    for (const fault of reject.faults) faults.add(fault);
    reserve(cells.length * MAX_UTF8_BYTES + record.length + lineEnd.length);
    if (lines.length > 0 && lines.at(-1)! > line) isInOrder = false;
    lines.push(line);
    starts.push(used);
    used += write(cells);
    rows.set(record, used);
    used += record.length;
    rows.set(lineEnd, used);
    used += lineEnd.length;
  }

  function write(cells: string): number {
    if (isUtf8) return encoder.encodeInto(cells, rows.subarray(used)).written;
    const encoded = encodeText(cells, format.encoding);
    rows.set(encoded, used);
    return encoded.length;
  }

  function reserve(bytes: number): void {
    const needed = used + bytes;
    if (needed <= rows.length) return;
    const larger = new Uint8Array(Math.max(needed, rows.length * 2));
    larger.set(rows.subarray(0, used));
    rows = larger;
  }

  function bytes(): Uint8Array {
    if (isInOrder) return rows.subarray(0, used);
    const order = lines.map((_, index) => index).sort((a, b) => lines[a]! - lines[b]!);
    const sorted = new Uint8Array(used);
    let at = 0;
    for (const index of order) {
      const row = rows.subarray(starts[index], starts[index + 1] ?? used);
      sorted.set(row, at);
      at += row.length;
    }
    return sorted;
  }
}

import { SPARE_BYTES } from './types/words.ts';
import { isBlankRow } from './csv/blank-row.ts';
import { createRecordReader } from './csv/record-reader.ts';
import { textEnd } from './csv/text-end.ts';
import type { Dataset } from './dataset/dataset.ts';
import { SluiceError } from './errors.ts';
import type { Lanes } from './lanes/lanes.ts';
import type { Mapping } from './rows/mapping.ts';
import { arenaFor, type Block, BLOCK_ITEMS, skipRecord } from './settle/block.ts';
import { grown } from './settle/spare-arrays.ts';
import type { Watermark } from './settle/watermark.ts';

/** Bytes of the file in, items into the lanes and rejects into the blocks: all of the way that needs no waiting. */
export type Intake = {
  /** Copies the next bytes of the file. */
  push(bytes: Uint8Array): void;
  /** No more bytes follow: what is left is the last record. */
  end(): void;
  /**
   * Reads the records that the bytes complete, until there are none (false), the lanes hold so many units, or the watermark has
   * no more room (true: there may be more). Throws `record-too-large`, by the record's size alone, whatever the pieces.
   */
  read(windowUnits: number): boolean;
  /** Ends the open block at the last whole record, so that it can settle; reading may go on. */
  pause(): void;
  /** Records read, and those of them that the mapping refused. */
  readonly rows: number;
  readonly rejects: number;
  /** Write units of the items that a loader before this one has settled. */
  readonly settledUnits: number;
  /** The file's text ends before its last byte: a Ctrl-Z was there. */
  readonly hasCtrlZ: boolean;
};

/**
 * A block ends with the first record beyond so many bytes, or so many write units. Small, so that even a table of one write
 * unit settles one within a few minutes; a block costs little (an object for about 100 rows). The first ones are smaller
 * still, each twice the one before: a load that gets but seconds on a slow table settles something all the same, and the
 * next doesn't begin where it began.
 */
const BLOCK_BYTES = 16 * 1024;
/** An item has at least one. */
const BLOCK_UNITS = BLOCK_ITEMS;
const FIRST_BLOCK_UNITS = 4;
/** … or so much memory for rejects: 16 KiB may be 8,000 rows, each with its reason. */
const BLOCK_REJECT_BYTES = 256 * 1024;
/** A record may have this many bytes, without its line end. An item takes 400 KB; the rest is for blanks, escapes and long numbers. */
export const MAX_RECORD_BYTES = 4 * 1024 * 1024;
/** No record of the largest size is still incomplete with more bytes than this: CR and LF are there then. */
const MAX_INCOMPLETE_BYTES = MAX_RECORD_BYTES + 2;
/** The beginning of a record over this size is read again only when a quarter of it has come in addition, and not with every piece. */
const LARGE_RECORD_BYTES = 64 * 1024;
const FIRST_BUFFER_BYTES = 256 * 1024;
/** The reader overwrites a byte, the mapping reads some more. */
const BEHIND_BYTES = Math.max(1, SPARE_BYTES);

export function createIntake(options: {
  dataset: Dataset;
  mapping: Mapping;
  lanes: Lanes;
  watermark: Watermark;
  /** Line of the record that the first pushed byte begins. */
  startLine: number;
  /** Offset of the first pushed byte. */
  startBytes: number;
}): Intake {
  const { dataset, mapping, lanes, watermark } = options;
  const reader = createRecordReader(dataset.format);
  /** What is pushed and not read as a record yet, with room behind it for the reader and the mapping. */
  let buffer: Uint8Array = new Uint8Array(FIRST_BUFFER_BYTES + BEHIND_BYTES);
  let filled = 0;
  /** Offset in the file of the buffer's first byte. */
  let bufferBytes = options.startBytes;
  let line = options.startLine;
  let block: Block | null = null;
  /** Of the open block. */
  let blockUnits = 0;
  let mostBlockUnits = FIRST_BLOCK_UNITS;
  /** No record is complete before there are so many bytes. */
  let leastBytes = 0;
  let isLast = false;
  const place = { index: 0, offset: 0, length: 0, line: 0 };

  let rows = 0;
  let rejects = 0;
  let settledUnits = 0;
  let hasCtrlZ = false;

  return {
    push,
    end,
    read,
    pause,
    get rows() {
      return rows;
    },
    get rejects() {
      return rejects;
    },
    get settledUnits() {
      return settledUnits;
    },
    get hasCtrlZ() {
      return hasCtrlZ;
    },
  };

  function push(bytes: Uint8Array): void {
    const read = reader.position;
    if (read > 0) {
      buffer.copyWithin(0, read, filled);
      filled -= read;
      bufferBytes += read;
    }
    buffer = grown(buffer, filled, filled + bytes.length + BEHIND_BYTES);
    buffer.set(bytes, filled);
    filled += bytes.length;
    watermark.text.push(bytes);
    reader.open(buffer, 0, filled, false);
  }

  function end(): void {
    isLast = true;
    const end = textEnd(buffer, reader.position, filled);
    hasCtrlZ = end < filled;
    reader.open(buffer, reader.position, end, true);
  }

  function pause(): void {
    if (block !== null) close(block);
  }

  function read(windowUnits: number): boolean {
    if (filled - reader.position < leastBytes && !isLast) return false;
    leastBytes = 0;
    const { waiting, inFlight } = lanes;
    const mostWaiting = windowUnits - inFlight.units;
    while (reader.next()) {
      if (reader.recordEnd - reader.recordStart > MAX_RECORD_BYTES) throw tooLarge(reader.recordStart);
      if (block === null) {
        block = watermark.openBlock();
        blockUnits = 0;
      }
      readRecord(block);
      line += reader.lines;
      if (isFull(block)) {
        close(block);
        mostBlockUnits = Math.min(BLOCK_UNITS, mostBlockUnits * 2);
        if (!watermark.hasRoom) return true;
      }
      if (waiting.units >= mostWaiting) return true;
    }
    const unread = filled - reader.position;
    if (unread > MAX_INCOMPLETE_BYTES) throw tooLarge(reader.position);
    leastBytes = unread < LARGE_RECORD_BYTES ? 0 : Math.min(unread * 1.25, MAX_INCOMPLETE_BYTES + 1);
    return false;
  }

  function isFull(open: Block): boolean {
    const sizeBytes = bufferBytes + reader.position - open.startBytes;
    if (sizeBytes >= BLOCK_BYTES || blockUnits >= mostBlockUnits) return true;
    return open.rejects !== null && open.rejects.heldBytes >= BLOCK_REJECT_BYTES;
  }

  function close(open: Block): void {
    watermark.closeBlock(open, bufferBytes + reader.position, line);
    block = null;
  }

  function readRecord(into: Block): void {
    rows++;
    if (isBlankRow(reader)) {
      skipRecord(into);
      return;
    }
    const recordBytes = reader.recordEnd - reader.recordStart;
    const arena = arenaFor(into, mapping.roomFor(recordBytes));
    if (!mapping.map(reader, buffer, arena, into.used)) {
      rejects++;
      const record = buffer.subarray(reader.recordStart, reader.recordEnd);
      watermark.rejectRecord(into, { line, faults: mapping.faults, record });
      return;
    }
    blockUnits += mapping.item.units;
    if (watermark.addItem(into, mapping.item.end)) {
      settledUnits += mapping.item.units;
      return;
    }
    place.index = into.items - 1;
    place.offset = bufferBytes + reader.recordStart - into.startBytes;
    place.length = recordBytes;
    place.line = line;
    lanes.add(into, mapping.item, place);
  }

  function tooLarge(at: number): SluiceError {
    return new SluiceError(
      'record-too-large',
      `The record that begins on line ${line} has more than ${MAX_RECORD_BYTES} bytes. Most likely a quote is opened there and never closed: close it, or set format.quote.`,
      { data: { line, offsetBytes: bufferBytes + at } },
    );
  }
}

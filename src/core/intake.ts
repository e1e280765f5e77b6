import { SPARE_BYTES } from './types/words.ts';
import { createFooter } from './csv/footer.ts';
import { BLANK, createRecordShape, ROW } from './csv/record-shape.ts';
import { createRecordReader } from './csv/record-reader.ts';
import type { RepairColumn } from './csv/header/reject-columns.ts';
import { textEnd } from './csv/text/text-end.ts';
import type { Dataset } from './dataset/dataset.ts';
import { SluiceError } from './errors.ts';
import type { Fault } from './fault.ts';
import { type Warning, warning } from './imports/warning.ts';
import type { Lanes } from './lanes/lanes.ts';
import type { MappedItem } from './rows/item.ts';
import { type Mapping, MAPPED } from './rows/mapping.ts';
import { repairedLines } from './rows/repaired-lines.ts';
import type { RowObserver } from './rows/row-observer.ts';
import { REFUSED } from './types/column-type.ts';
import { addRow, arenaFor, type Block, BLOCK_UNITS, keptBytes, skipRecord } from './settle/block.ts';
import { grown } from './settle/spare-arrays.ts';
import type { Watermark } from './settle/watermark.ts';

/** Turns bytes of the file into items in the lanes and rejects in the blocks: every step of a row that never waits. */
export type Intake = {
  /** Copies the next bytes of the file. */
  push(bytes: Uint8Array): void;
  /** No more bytes follow: the rest is the last record. */
  end(): void;
  /**
   * Reads records until no complete record is left (returns false), or until the lanes have so many units or the watermark has no
   * room (returns true: there may be more). Throws `record-too-large`, by the size of the record alone, however its bytes arrive.
   */
  read(windowUnits: number): boolean;
  /** Ends the open block after the last complete record, so that it can settle. Reading may continue. */
  pause(): void;
  /** Records read, and those of them that the mapping refused. */
  readonly rows: number;
  readonly rejects: number;
  /** Items of a row that has some, on average. */
  readonly itemsPerRow: number;
  /** Write units of the items that an earlier loader has settled. */
  readonly settledUnits: number;
  /** Of what was read so far. */
  warnings(): readonly Warning[];
};

/**
 * A block ends with the first record beyond this many bytes or write units. Blocks are small, so that even a table of one write unit
 * settles one within a few minutes; a block costs little (an object for about 100 rows). The first blocks are smaller, each twice
 * as large as the one before: so a load that has only seconds on a slow table settles something too, and the next load does not
 * start at the same place.
 */
const BLOCK_BYTES = 16 * 1024;
const FIRST_BLOCK_UNITS = 4;
/** … or this much memory for rejects and repaired lines: 16 KiB can be 8,000 rows, each with its reason. */
const BLOCK_REJECT_BYTES = 256 * 1024;
/** The most bytes of a record, without its line end. An item has at most 400 KB; the rest is room for blanks, escapes and long numbers. */
export const MAX_RECORD_BYTES = 4 * 1024 * 1024;
/** A record of the largest size is complete with this many bytes: CR and LF are included. */
const MAX_INCOMPLETE_BYTES = MAX_RECORD_BYTES + 2;
/** An incomplete record over this size is read again only after a quarter more bytes, not after every piece. */
const LARGE_RECORD_BYTES = 64 * 1024;
const FIRST_BUFFER_BYTES = 256 * 1024;
/** The reader overwrites one byte after the end, and the mapping reads up to SPARE_BYTES. */
const BEHIND_BYTES = Math.max(1, SPARE_BYTES);

const BLANK_ROW: readonly Fault[] = [
  {
    column: '',
    code: 'blank-row',
    reason: 'all cells of the row are empty, and format.blank_rows is reject',
  },
];

export function createIntake(options: {
  dataset: Dataset;
  mapping: Mapping;
  lanes: Lanes;
  watermark: Watermark;
  /** Line of the record that the first pushed byte begins. */
  startLine: number;
  /** Offset of the first pushed byte. */
  startBytes: number;
  /** Cells of the header. */
  columnCount: number;
  /** The columns with the lines of the imports that the file repairs; empty if it is no reject file. */
  repairs: readonly RepairColumn[];
  /** The bytes end where the file does: there may be a footer. */
  isFileEnd: boolean;
  observer?: RowObserver | undefined;
}): Intake {
  const { dataset, mapping, lanes, watermark, columnCount, repairs, observer } = options;
  const { format } = dataset;
  const reader = createRecordReader(format);
  const shape = createRecordShape(format, reader, columnCount);
  const footer = options.isFileEnd ? createFooter(format, columnCount) : null;
  /** Bytes that are pushed and not read as records yet, and room after them for the reader and the mapping. */
  let buffer: Uint8Array = new Uint8Array(FIRST_BUFFER_BYTES + BEHIND_BYTES);
  let filled = 0;
  /** Offset in the file of the buffer's first byte. */
  let bufferBytes = options.startBytes;
  let line = options.startLine;
  let block: Block | null = null;
  /** Write units of the open block. */
  let blockUnits = 0;
  let mostBlockUnits = FIRST_BLOCK_UNITS;
  /** With fewer bytes than this, no attempt to read a record is made. */
  let leastBytes = 0;
  let isLast = false;
  const place = { index: 0, offset: 0, length: 0, line: 0 };

  /** In the open block. */
  const room = {
    get used() {
      return block!.used;
    },
    reserve: (bytes: number) => arenaFor(block!, bytes),
  };

  let rows = 0;
  let rejects = 0;
  let mappedRows = 0;
  let items = 0;
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
    get itemsPerRow() {
      return mappedRows === 0 ? 1 : items / mappedRows;
    },
    get settledUnits() {
      return settledUnits;
    },
    warnings,
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
    footer?.open(buffer, read, filled, false);
  }

  function end(): void {
    isLast = true;
    const end = textEnd(buffer, reader.position, filled);
    hasCtrlZ = end < filled;
    reader.open(buffer, reader.position, end, true);
    footer?.open(buffer, 0, end, true);
  }

  function warnings(): readonly Warning[] {
    const found: Warning[] = [];
    if (hasCtrlZ) found.push(warning('ctrl-z', 'The file ends with Ctrl-Z (0x1A), which was left out.'));
    const { repaired } = shape;
    if (repaired > 0) found.push(warning('quotes-repaired', `Rows whose quotes were repaired: ${repaired}.`));
    return found;
  }

  function pause(): void {
    if (block !== null) close(block);
  }

  function read(windowUnits: number): boolean {
    if (unreadBytes() < leastBytes && !isLast) return false;
    leastBytes = 0;
    const { waiting, inFlight } = lanes;
    const mostWaiting = windowUnits - inFlight.units;
    footer?.scan();
    const rowLimit = footer?.rowLimit ?? Infinity;
    while (reader.position < rowLimit && reader.next()) {
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
    const unread = unreadBytes();
    if (unread > MAX_INCOMPLETE_BYTES) throw tooLarge(filled - unread);
    leastBytes = unread < LARGE_RECORD_BYTES ? 0 : Math.min(unread * 1.25, MAX_INCOMPLETE_BYTES + 1);
    return false;
  }

  /** Bytes from the first record on that is not complete. */
  function unreadBytes(): number {
    return filled - (footer ?? reader).position;
  }

  function isFull(open: Block): boolean {
    const sizeBytes = bufferBytes + reader.position - open.startBytes;
    if (sizeBytes >= BLOCK_BYTES || blockUnits >= mostBlockUnits) return true;
    return keptBytes(open) >= BLOCK_REJECT_BYTES;
  }

  function close(open: Block): void {
    watermark.closeBlock(open, bufferBytes + reader.position, line);
    block = null;
  }

  function readRecord(into: Block): void {
    const kind = shape.fit(buffer);
    if (kind === ROW) mapRecord(into);
    else if (kind === BLANK) blankRow(into);
  }

  function mapRecord(into: Block): void {
    rows++;
    const result = mapping.map(reader, buffer, room, line);
    if (result === REFUSED) return reject(into, mapping.faults);
    if (result === MAPPED) addRow(into);
    else skipRecord(into, false);
    if (repairs.length > 0) watermark.repairRecord(into, line, repairedLines(repairs, reader, buffer));
    if (result !== MAPPED) return;
    observer?.mapped(mapping, into.arena, line);
    mappedRows++;
    items += mapping.itemCount;
    place.offset = bufferBytes + reader.recordStart - into.startBytes;
    place.length = reader.recordEnd - reader.recordStart;
    place.line = line;
    for (let index = 0; index < mapping.itemCount; index++) addItem(into, mapping.items[index]!);
  }

  function blankRow(into: Block): void {
    rows++;
    if (format.blank_rows === 'skip') skipRecord(into, true);
    else reject(into, BLANK_ROW);
  }

  function reject(into: Block, faults: readonly Fault[]): void {
    rejects++;
    const record = buffer.subarray(reader.recordStart, reader.recordEnd);
    const rejected = { line, faults, record };
    observer?.rejected(rejected);
    watermark.rejectRecord(into, rejected);
  }

  function addItem(into: Block, item: MappedItem): void {
    blockUnits += item.units;
    if (watermark.addItem(into, item.end, mapping.plans[item.plan]!.kind)) {
      settledUnits += item.units;
      return;
    }
    place.index = into.items - 1;
    lanes.add(into, item, place);
  }

  function tooLarge(at: number): SluiceError {
    return new SluiceError(
      'record-too-large',
      `The record that begins on line ${line} has more than ${MAX_RECORD_BYTES} bytes. Most likely a quote is opened there and never closed: close it, or set format.quote.`,
      { data: { line, offsetBytes: bufferBytes + at } },
    );
  }
}

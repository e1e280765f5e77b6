import { SluiceError } from '../errors.ts';
import { encodeText } from './text/encoding.ts';
import type { Format } from './format.ts';
import { lineBeginsWith } from './line-finder.ts';
import { createRecordReader } from './record-reader.ts';
import { createRecordShape, ROW } from './record-shape.ts';

/**
 * Finds where the rows of a file end, if rows behind them are no data (`format.skip_footer`). It reads the same bytes as the reader of
 * the rows, as many rows before it as the footer may have.
 */
export type Footer = {
  /** As the reader's `open`. `movedBytes`: by so much the bytes moved to the front since the last call. */
  open(bytes: Uint8Array, movedBytes: number, end: number, last: boolean): void;
  /** Reads records, which moves `rowLimit`. Throws `footer-too-large`. */
  scan(): void;
  /** Records that begin before this position are no footer. */
  readonly rowLimit: number;
  /** Where the first record begins that is not complete. */
  readonly position: number;
};

/** The rows that may be the footer have at most so many bytes: they are held in memory. */
export const MAX_FOOTER_BYTES = 8 * 1024 * 1024;

/** null: the format has no footer. */
export function createFooter(format: Format, columnCount: number): Footer | null {
  const { skip_footer } = format;
  const most = typeof skip_footer === 'number' ? skip_footer : skip_footer.max;
  if (most === 0) return null;
  const from = typeof skip_footer === 'number' ? null : encodeText(skip_footer.from, format.encoding);
  const reader = createRecordReader(format);
  const shape = createRecordShape(format, reader, columnCount);
  /** The last rows, without blank ones and comments: at most `most`. */
  let candidates: { start: number; readonly beginsFooter: boolean }[] = [];
  let bytes = new Uint8Array(0);
  let rowLimit = 0;
  let isLast = false;

  return {
    open,
    scan,
    get rowLimit() {
      return rowLimit;
    },
    get position() {
      return reader.position;
    },
  };

  function open(newBytes: Uint8Array, movedBytes: number, end: number, last: boolean): void {
    for (const candidate of candidates) candidate.start -= movedBytes;
    rowLimit -= movedBytes;
    bytes = newBytes as Uint8Array<ArrayBuffer>;
    isLast = last;
    reader.open(newBytes, reader.position - movedBytes, end, last);
  }

  function scan(): void {
    while (reader.next()) {
      if (shape.fit(bytes) === ROW) addCandidate();
      const [first] = candidates;
      // Blank rows and comments before the first row are no footer.
      if (first === undefined) rowLimit = reader.position;
      else if (reader.position - first.start > MAX_FOOTER_BYTES) throw tooLarge(most);
    }
    if (!isLast) return;
    rowLimit = candidates.find(({ beginsFooter }) => beginsFooter)?.start ?? Infinity;
    candidates = [];
  }

  function addCandidate(): void {
    const { recordStart, recordEnd } = reader;
    const beginsFooter = from === null || lineBeginsWith(bytes, recordStart, recordEnd, from, format);
    candidates.push({ start: recordStart, beginsFooter });
    if (candidates.length > most) candidates.shift();
    if (candidates.length === most) rowLimit = candidates[0]!.start;
  }
}

function tooLarge(rows: number): SluiceError {
  return new SluiceError(
    'footer-too-large',
    `The dataset has format.skip_footer, and ${rows} rows of the file have more than ${MAX_FOOTER_BYTES / 1024 / 1024} MiB: they cannot be held until it is known whether they are the last. Lower format.skip_footer, or split the file's large rows.`,
  );
}

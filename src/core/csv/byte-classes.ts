import type { Format } from './format.ts';

// Classes of bytes, outside and inside quotes. Outside quotes, DELIMITER and the classes after it end a cell.
export const PLAIN = 0;
/** JSON must escape it, or it is not ASCII. */
export const CARE = 1;
export const STRAY_QUOTE = 2;
export const BACKSLASH = 3;
/** An LF that ends no record, but a line of the file. */
export const DATA_LINE = 4;
export const DELIMITER = 5;
export const LINE_END = 6;
export const QUOTE = 7;
export const ESCAPE = 8;

/** What each byte means to the record reader and to the boundary scan. */
export type ByteClasses = {
  readonly outside: Uint8Array;
  /** LINE_END: the byte is counted as a line. */
  readonly inside: Uint8Array;
  /** -1: there are no quotes. */
  readonly quote: number;
  readonly escape: number;
  readonly delimiter: number;
  /** 1 for bytes that are trimmed around a cell; null: none are. */
  readonly blanks: Uint8Array | null;
};

const LF = 10;
const CR = 13;
const BACKSLASH_BYTE = 0x5c;

export function byteClasses(format: Format): ByteClasses {
  const { line_end } = format;
  const quote = format.quote === null ? -1 : format.quote.charCodeAt(0);
  const escape = format.quote === null ? -1 : format.escape.charCodeAt(0);
  const delimiter = format.delimiter.charCodeAt(0);
  const outside = careClasses();
  const inside = careClasses();
  if (line_end !== 'lf') outside[CR] = LINE_END;
  if (line_end !== 'cr') outside[LF] = line_end === 'crlf' ? DATA_LINE : LINE_END;
  if (line_end === 'any' || line_end === 'cr') inside[CR] = LINE_END;
  if (line_end !== 'cr') inside[LF] = LINE_END;
  outside[delimiter] = DELIMITER;
  if (quote !== -1) {
    if (format.stray_quotes !== 'literal') outside[quote] = STRAY_QUOTE;
    inside[escape] = ESCAPE;
    inside[quote] = QUOTE;
  }
  if (format.backslash_escapes) {
    outside[BACKSLASH_BYTE] = BACKSLASH;
    inside[BACKSLASH_BYTE] = BACKSLASH;
  }
  return { outside, inside, quote, escape, delimiter, blanks: blankBytes(format) };
}

function blankBytes({ trim, delimiter, quote, escape }: Format): Uint8Array | null {
  if (!trim) return null;
  const blanks = new Uint8Array(256);
  const others = quote === null ? [delimiter] : [delimiter, quote, escape];
  for (const blank of ' \t') if (!others.includes(blank)) blanks[blank.charCodeAt(0)] = 1;
  return blanks;
}

/** CARE for bytes that JSON must escape (control characters, `"`, `\`) and for bytes that are not ASCII. */
function careClasses(): Uint8Array {
  const classes = new Uint8Array(256).fill(PLAIN);
  classes.fill(CARE, 0, 0x20);
  classes.fill(CARE, 0x80);
  classes[0x22] = CARE;
  classes[0x5c] = CARE;
  return classes;
}

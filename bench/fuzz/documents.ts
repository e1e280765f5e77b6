import { byteTable, decodeText, encodeText } from '../../src/core/csv/text/encoding.ts';
import type { Format } from '../../src/core/csv/format.ts';
import { type Choices, choices } from './choices.ts';
import { anyFormat } from './formats.ts';
import { type Cell, createCellWriter } from './write-cell.ts';

export type FuzzDocument = {
  readonly bytes: Uint8Array;
  /** The same, decoded. */
  readonly text: string;
  readonly format: Format;
  /** What the document was written from; null: it is soup, whose bytes mean what they mean. */
  readonly records: readonly (readonly Cell[])[] | null;
  /** Where the pieces end in which a reader gets it: ascending, the last is the document's end. */
  readonly stops: readonly number[];
};

export const LINE_ENDS: Readonly<Record<Format['line_end'], readonly string[]>> = {
  any: ['\n', '\r\n', '\r'],
  lf: ['\n'],
  crlf: ['\r\n'],
  cr: ['\r'],
};
const ORDINARY = 'aZ09 .-_#\\N\u0001\u0000\u007f'.split('');
const WIDE = ['é', 'ß', '漢', '🙂', '\u{10ffff}'];
/** csv-parse trims them too; a dataset's `trim` is for spaces and tabs. */
const WIDE_BLANKS = ['\u2028', '\ufeff'];
const encoder = new TextEncoder();

/** A document that the numbers decide. One in four is soup. */
export function fuzzDocument(seed: number, index: number): FuzzDocument {
  const random = choices(seed, index);
  const { below, once, pick } = random;
  const format = anyFormat(random);
  const marks = [format.delimiter, format.quote ?? '"', format.escape];
  const structure = [...marks, ...format.comment, '\n', '\r', '\r\n'];
  const wide = wideCharacters(format);
  if (once(4)) {
    const bytes = soup();
    return { bytes, text: decodeText(bytes, format.encoding), format, records: null, stops: stopsIn(bytes) };
  }
  const records = anyRecords();
  const writer = createCellWriter(format, random);
  const writable = records.map((cells) => cells.map((cell, field) => writer.writable(cell, field === 0)));
  const text = write(writable);
  const bytes = encodeText(text, format.encoding);
  return { bytes, text, format, records: writable, stops: stopsIn(bytes) };

  function anyRecords(): Cell[][] {
    const isLarge = once(200);
    const recordCount = isLarge ? below(60) : below(6);
    const fieldCount = 1 + (isLarge ? below(150) : below(5));
    const isEven = once(2);
    return Array.from({ length: recordCount }, () =>
      Array.from({ length: isEven ? fieldCount : 1 + below(fieldCount) }, anyCell),
    );
  }

  function anyCell(): Cell {
    if (format.backslash_escapes && once(10)) return null;
    const kind = below(8);
    if (kind === 0) return '';
    let text = '';
    for (let length = kind === 1 ? below(40) : below(8); length > 0; length--) text += anyPart(kind);
    return text;
  }

  function anyPart(kind: number): string {
    if (kind >= 5) return pick(ORDINARY);
    const chance = below(4);
    if (chance === 0) return pick(wide);
    return chance === 1 ? pick(ORDINARY) : pick(structure);
  }

  /** In every manner that the format allows: quotes where they must be and where they need not, line ends mixed or all alike. */
  function write(rows: readonly (readonly Cell[])[]): string {
    const quoting = below(3);
    const lineEnds = LINE_ENDS[format.line_end];
    const lineEnd = once(2) ? pick(lineEnds) : null;
    const lines = rows.map((cells) =>
      cells.map((cell, field) => writer.write(cell, quoting, field === 0)).join(format.delimiter),
    );
    let text = '';
    for (const [index, line] of lines.entries()) {
      while (format.comment.length > 0 && once(4)) text += comment() + endBefore(line);
      const following = lines[index + 1];
      // Without its line end an empty last record would not be there.
      if (following === undefined && !writer.isEmpty(line) && once(2)) return text + line;
      text += line + endBefore(following);
    }
    return text;

    /** CR before an empty line that ends with LF would be one CRLF. */
    function endBefore(following: string | undefined): string {
      const end = lineEnd ?? pick(lineEnds);
      return end === '\r' && following === '' && format.line_end === 'any' ? '\r\n' : end;
    }
  }

  function comment(): string {
    return pick(format.comment) + pick(['', format.quote ?? '"', format.delimiter, '\\', 'a b']);
  }

  /** Half of what matters to the reader, half any bytes, valid or not. */
  function soup(): Uint8Array {
    const anyBytes = once(4);
    const bytes: number[] = [];
    for (let length = below(40); length > 0; length--) {
      if (anyBytes && once(2)) bytes.push(below(256));
      else bytes.push(...encoder.encode(once(3) ? pick(ORDINARY) : pick(structure)));
    }
    return Uint8Array.from(bytes);
  }

  function stopsIn({ length }: Uint8Array): number[] {
    return anyStops(random, length);
  }
}

/** Characters beyond ASCII that the format's encoding has. */
export function wideCharacters({ encoding, trim }: Format): readonly string[] {
  const table = byteTable(encoding);
  if (table !== null)
    return table.texts.slice(0x80).filter((text) => text !== '' && (!trim || /\S/.test(text)));
  return trim ? WIDE : [...WIDE, ...WIDE_BLANKS];
}

export function anyStops({ below, once }: Choices, length: number): number[] {
  const stops = new Set([length]);
  const everywhere = length < 60 && once(10);
  if (everywhere) for (let at = 1; at < length; at++) stops.add(at);
  else for (let cuts = below(5); cuts > 0; cuts--) stops.add(below(length + 1));
  return [...stops].sort((a, b) => a - b);
}

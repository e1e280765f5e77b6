import { byteTable, encodeText } from '../../src/core/csv/text/encoding.ts';
import type { Format } from '../../src/core/csv/format.ts';
import { type Choices, choices } from './choices.ts';
import { LINE_ENDS, wideCharacters } from './documents.ts';
import { anyFormat } from './formats.ts';
import { type Cell, createCellWriter } from './write-cell.ts';

/** What a row of a file is to become: its attributes, or a reject. */
export type Outcome = Readonly<Record<string, string>> | 'rejected';

/** A file with all that may stand around its rows, and what the rows must become. The first column, `id`, is the key. */
export type FuzzTable = {
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly format: Format;
  readonly outcomes: readonly Outcome[];
  /** The cells of the rows that fit the header, by the rules for short and long rows. */
  readonly cells: readonly (readonly Cell[])[];
  /** Sizes of the pieces in which it is read. */
  readonly pieceBytes: number;
  /** Lines that precede the header, and whether one of them has a quote. */
  readonly preamble: { readonly lines: number; readonly hasQuote: boolean };
  /** Columns of the file, with those that have no name. */
  readonly width: number;
};

const NAMES = ['name', 'a b', 'x;y', 'p,q', '"r"', 'tab\tbed', 'N', '2'];
const NULL_WORDS = ['NULL', 'n/a', '-', 'a'];
const PARTS = ['a', 'Z', '0', ' ', '.', '-', '#', '\\', 'N', 'NULL', 'n/a', '\u0001'];

/** A file that the numbers decide. */
export function fuzzTable(seed: number, index: number): FuzzTable {
  const random = choices(seed, index);
  const { below, once, pick } = random;
  const shape = anyShape(random);
  const { format } = shape;
  const writer = createCellWriter(format, random);
  const marks = [format.delimiter, format.quote ?? '"', format.escape, '\n', '\r', '\r\n'];
  const wide = wideHalf(format, random);
  const columns = anyColumns();
  const width = columns.length;
  const quoting = below(3);
  const outcomes: Outcome[] = [];
  const fitted: Cell[][] = [];
  const preamble = anyPreamble();
  const rows = Array.from({ length: once(50) ? 200 : below(8) }, anyRow);
  const lines = [...preamble, ...headerLines(), ...between(rows), ...footer()];
  const text = joined(lines);
  return {
    bytes: encoded(text),
    text,
    format: { ...format, names: format.header === 0 ? columns.map(({ name }) => name) : null },
    outcomes,
    cells: fitted,
    pieceBytes: 1 + below(once(2) ? 8 : 500),
    preamble: {
      lines: preamble.length,
      hasQuote: preamble.some((line) => line.includes(format.quote ?? '"')),
    },
    width,
  };

  /** `name`: in the file; `stored`: of the attribute, null for a column that is dropped. */
  function anyColumns(): { name: string; stored: string | null }[] {
    const others = NAMES.filter((name) => writer.writable(name, false) === name && !once(2));
    const names = ['id', ...others, ...(once(3) && wide.length > 0 ? [`w${pick(wide)}`] : [])];
    const all: { name: string; stored: string | null }[] = names.map((name) => ({
      name,
      stored: name
        .normalize('NFC')
        .replace(/[^\S\t]+/gu, ' ')
        .trim(),
    }));
    if (format.blank_names !== 'reject') {
      const stored = format.blank_names === 'drop' ? null : `column_${all.length + 1}`;
      all.push({ name: '', stored });
    }
    if (format.duplicate_names === 'number' && format.header > 0) all.push({ name: 'id', stored: 'id_2' });
    return all;
  }

  function anyPreamble(): string[] {
    const { skip_lines } = format;
    const count = typeof skip_lines === 'number' ? skip_lines : below(4);
    return Array.from({ length: count }, (_, line) => {
      // A file that begins with brackets and quotes is taken for JSON.
      let text = once(3) && line > 0 ? '' : 'Report';
      for (let length = below(5); length > 0; length--) text += pick(['x', ' ', ...marks.slice(0, 3)]);
      return text;
    });
  }

  function headerLines(): string[] {
    const split = columns.map(({ name }, field) => {
      if (format.header !== 2) return [name];
      const parts = name.split(' ');
      if (parts.length === 2) return parts;
      return field > 0 && once(2) ? ['', name] : [name, ''];
    });
    const header = Array.from(
      { length: format.header },
      (_, row) => written(split.map((parts) => parts[row]!)).text,
    );
    return header.length === 0 || typeof format.skip_lines !== 'number' ? header : [...noRows(), ...header];
  }

  function anyRow(_: unknown, row: number): string {
    const cells = Array.from({ length: width }, (__, field) => (field === 0 ? `r${row}` : anyCell()));
    const change = below(8);
    if (change === 0) cells.length = 1 + below(width);
    if (change === 1) cells.push(...Array.from({ length: 1 + below(3) }, () => (once(8) ? 'x' : '')));
    const { text, values } = written(cells);
    outcomes.push(outcomeOf(cells, values));
    return text;
  }

  function anyCell(): Cell {
    if (format.backslash_escapes && once(10)) return null;
    if (once(4)) return pick(['', ...NULL_WORDS]);
    let text = '';
    for (let length = below(6); length > 0; length--) text += pick(once(3) ? marks : once(4) ? wide : PARTS);
    return writer.writable(text, false);
  }

  function outcomeOf(cells: readonly Cell[], values: readonly (string | null)[]): Outcome {
    if (cells.length < width && format.short_rows === 'reject') return 'rejected';
    const isLong = cells.length > width;
    if (isLong && (format.long_rows === 'reject' || cells.slice(width).some((cell) => cell !== '')))
      return 'rejected';
    fitted.push(columns.map((_, field) => (field < cells.length ? cells[field]! : '')));
    const item: Record<string, string> = {};
    for (const [field, { stored }] of columns.entries()) {
      const value = field < cells.length ? values[field]! : format.null_values.includes('') ? null : '';
      if (stored !== null && value !== null) item[stored] = value;
    }
    return item;
  }

  /** A row as text, and the values of its cells: what is quoted is null only on request. */
  function written(cells: readonly Cell[]): { text: string; values: (string | null)[] } {
    const texts = cells.map((cell, field) => writer.write(cell, quoting, field === 0));
    const values = cells.map((cell, field) => {
      if (cell === null) return null;
      const isQuoted = format.quote !== null && unblanked(texts[field]!).startsWith(format.quote);
      return (!isQuoted || format.quoted_nulls) && format.null_values.includes(cell) ? null : cell;
    });
    const [first = '', ...others] = texts;
    // A line that is looked for must begin with its text.
    return { text: [unblanked(first), ...others].join(format.delimiter), values };
  }

  /** Without what `trim` leaves out before a cell. */
  function unblanked(text: string): string {
    return format.trim ? text.replace(/^[ \t]+/, '') : text;
  }

  function between(lines: readonly string[]): string[] {
    return lines.flatMap((line) => [...noRows(), line]);
  }

  /** Comments and blank rows. */
  function noRows(): string[] {
    if (!once(4)) return [];
    const isComment = format.comment.length > 0 && once(2);
    return [isComment ? `${pick(format.comment)} "x` : format.delimiter.repeat(below(3))];
  }

  function footer(): string[] {
    const { skip_footer } = format;
    const count = typeof skip_footer === 'number' ? skip_footer : below(skip_footer.max + 1);
    const rows = Array.from({ length: count }, (_, row) => {
      const first = row === 0 && typeof skip_footer !== 'number' ? `${skip_footer.from} 3` : 'end';
      return written([first, ...(once(2) ? [] : [anyCell()])]).text;
    });
    return between(rows);
  }

  function joined(all: readonly string[]): string {
    const ends = LINE_ENDS[format.line_end];
    const lineEnd = once(2) ? pick(ends) : null;
    return all
      .map((line, at) => {
        const following = all[at + 1];
        if (following === undefined && line !== '' && once(2)) return line;
        const end = lineEnd ?? pick(ends);
        return line + (end === '\r' && following === '' && format.line_end === 'any' ? '\r\n' : end);
      })
      .join('');
  }

  function encoded(text: string): Uint8Array {
    if (!format.encoding.startsWith('utf')) return encodeText(text, format.encoding);
    const mark = shape.hasMark ? '\ufeff' : '';
    if (format.encoding === 'utf-8') return Buffer.from(mark + text);
    const bytes = Buffer.from(mark + text, 'utf16le');
    return format.encoding === 'utf-16be' ? bytes.swap16() : bytes;
  }
}

/** Of an encoding of one byte a character only the leads of UTF-8, or only the others: no text of them can be taken for UTF-8. */
function wideHalf(format: Format, { once }: Choices): readonly string[] {
  const table = byteTable(format.encoding);
  if (table === null) return wideCharacters(format);
  const hasLeads = once(2);
  return wideCharacters(format).filter((text) => {
    const byte = table.bytes.get(text)!;
    return (byte >= 0xc2 && byte <= 0xf4) === hasLeads;
  });
}

/** The options that decide which lines are rows, and what their cells mean. */
function anyShape(random: Choices): { format: Format; hasMark: boolean } {
  const { below, once, pick } = random;
  const format = plainFormat(random);
  const header = pick([0, 1, 1, 1, 2]);
  const until = header > 0 && once(8);
  const encoding = format.encoding === 'utf-8' && once(6) ? pick(['utf-16le', 'utf-16be']) : format.encoding;
  return {
    hasMark: once(4),
    format: {
      ...format,
      encoding,
      header,
      skip_lines: until ? { until: 'id' } : once(3) ? below(4) : 0,
      skip_footer: once(6) ? 1 + below(3) : once(6) ? { from: 'Sum', max: 1 + below(3) } : 0,
      short_rows: once(2) ? 'pad' : 'reject',
      long_rows: once(2) ? 'drop_empty' : 'reject',
      blank_names: pick(['reject', 'reject', 'number', 'drop']),
      duplicate_names: once(4) ? 'number' : 'reject',
      null_values: once(2) ? [''] : [pick(NULL_WORDS), ...(once(2) ? [''] : [])],
      quoted_nulls: once(4),
    },
  };
}

/** A format whose characters are no letters: `id` is written as it is. */
function plainFormat(random: Choices): Format {
  for (;;) {
    const format = anyFormat(random);
    const { delimiter, quote, escape, comment } = format;
    if (/[a-z0-9]/i.test(delimiter + (quote ?? '') + escape)) continue;
    if (!comment.includes('Total')) return format;
  }
}

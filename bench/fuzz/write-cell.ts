import type { Format } from '../../src/core/csv/format.ts';
import type { Choices } from './choices.ts';

/** null: an unquoted `\N`, which files with backslashes have. */
export type Cell = string | null;

/** Writes cells in every manner that a format allows. */
export type CellWriter = {
  /** The cell, or what the format can write of it: without quotes and backslashes a cell has no delimiter. */
  writable(cell: Cell, isFirst: boolean): Cell;
  /** `quoting`: 0 where it must be, 1 at random, 2 everywhere. */
  write(cell: Cell, quoting: number, isFirst: boolean): string;
  /** Whether a reader sees nothing in the line. */
  isEmpty(line: string): boolean;
};

export function createCellWriter(format: Format, { once, pick, below }: Choices): CellWriter {
  const { delimiter, quote, escape, trim, backslash_escapes, stray_quotes, comment, line_end } = format;
  const blanks = [' ', '\t'].filter((each) => each !== delimiter);

  return { writable, write, isEmpty };

  function writable(cell: Cell, isFirst: boolean): Cell {
    if (cell === null || quote !== null || backslash_escapes) return cell;
    const text = Array.from(cell, (each) => (isBreak(each) ? '' : each)).join('');
    const inner = trim ? trimmed(text) : text;
    return isFirst && comment.some((each) => inner.startsWith(each)) ? `x${inner}` : inner;
  }

  function write(cell: Cell, quoting: number, isFirst: boolean): string {
    if (cell === null) return `${around()}\\N${around()}`;
    const isWanted = quoting === 2 || (quoting === 1 && once(2));
    const bare = backslash_escapes ? backslashed(cell, isFirst) : cell;
    const isQuoted = quote !== null && (isWanted || mustQuote(bare, cell, isFirst));
    const written = isQuoted ? quoted(cell) : bare;
    // Blanks before a comment's text make it a cell.
    return around() + written + around();
  }

  function mustQuote(bare: string, cell: string, isFirst: boolean): boolean {
    if (backslash_escapes) return false;
    return (
      (stray_quotes === 'literal' ? cell.startsWith(quote!) : cell.includes(quote!)) ||
      cell.includes(delimiter) ||
      (line_end === 'crlf' ? cell.includes('\r\n') : Array.from(cell).some(isBreak)) ||
      (trim && trimmed(cell) !== cell) ||
      (isFirst && comment.some((each) => bare.startsWith(each)))
    );
  }

  function quoted(cell: string): string {
    const inside = Array.from(cell, (each) => {
      if (backslash_escapes && each === '\\') return '\\\\';
      if (each === quote) return (backslash_escapes && once(2) ? '\\' : escape) + each;
      return each === escape ? escape + each : each;
    });
    return quote! + inside.join('') + quote!;
  }

  /** An unquoted cell with backslashes where they are needed. */
  function backslashed(cell: string, isFirst: boolean): string {
    const all = Array.from(cell);
    const isComment = isFirst && comment.some((each) => cell.startsWith(each));
    return all
      .map((each, at) => {
        if (each === '\n') return '\\n';
        if (each === '\r') return '\\r';
        const isEdge =
          trim && (at === 0 || at === all.length - 1 || isBlankFrom(all, at)) && blanks.includes(each);
        const isMark = each === '\\' || each === delimiter || each === quote;
        return isMark || isEdge || (isComment && at === 0) ? `\\${each}` : each;
      })
      .join('');
  }

  function isBlankFrom(all: readonly string[], at: number): boolean {
    return (
      all.slice(at).every((each) => blanks.includes(each)) ||
      all.slice(0, at + 1).every((each) => blanks.includes(each))
    );
  }

  function isBreak(character: string): boolean {
    if (character === delimiter) return true;
    return (character === '\n' && line_end !== 'cr') || (character === '\r' && line_end !== 'lf');
  }

  function trimmed(text: string): string {
    let [from, to] = [0, text.length];
    while (from < to && blanks.includes(text[from]!)) from++;
    while (to > from && blanks.includes(text[to - 1]!)) to--;
    return text.slice(from, to);
  }

  function isEmpty(line: string): boolean {
    return line.split('').every((character) => trim && blanks.includes(character));
  }

  /** What stands around a cell and does not belong to it. */
  function around(): string {
    return trim && once(3) ? pick(blanks) + (below(3) === 0 ? pick(blanks) : '') : '';
  }
}

import { MOST_SAMPLE_CELLS, type Reading, type SampleRecord } from './guess-dialect.ts';

export type HeaderGuess = {
  readonly rows: 0 | 1;
  readonly line: number;
  readonly skip_lines: number | { readonly until: string };
  readonly reason: string;
};

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const DAY = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?$/;
const TIME = /^\d{1,2}:\d{2}(:\d{2})?$/;

/** Where the header is, and whether there is one, by the kinds of the cells in its columns. */
export function guessHeader({ records, width, format }: Reading): HeaderGuess {
  const start = Math.max(
    0,
    records.findIndex((record) => isFull(record, width)),
  );
  const first = records[start]!;
  const isData = looksLikeData(first, records.slice(start + 1));
  const reason =
    isData > 0
      ? 'the first row has the kinds of values that the rows below it have'
      : isData < 0
        ? 'its names differ in kind from the values below them'
        : 'its texts are distinct and not empty';
  return { rows: isData > 0 ? 0 : 1, line: first.line, skip_lines: skipped(), reason };

  function skipped(): HeaderGuess['skip_lines'] {
    if (start === 0) return 0;
    // A quote before the text is passed over when the header is looked for, one after it is not.
    const until = first.isQuoted ? first.cells[0]! : `${first.cells[0]!}${format.delimiter}`;
    const isUnique = !records
      .slice(0, start)
      .some(({ cells }) => cells.join(format.delimiter).startsWith(until));
    return isData <= 0 && /^[^"\\]+$/.test(first.cells[0]!) && isUnique ? { until } : first.line - 1;
  }
}

/** The record has the width of most, and more than half of its cells are not empty: a title above a table is alone in its row. */
function isFull({ cells, isFaulty }: SampleRecord, width: number): boolean {
  if (isFaulty || (cells.length !== width && width <= MOST_SAMPLE_CELLS)) return false;
  return cells.filter((cell) => cell.trim() !== '').length * 2 >= Math.min(width, cells.length);
}

/** Above 0: the record is a row like those below; below 0: it is a header; 0: only texts. */
function looksLikeData(first: SampleRecord, below: readonly SampleRecord[]): number {
  let votes = 0;
  let hasValues = false;
  for (const [field, cell] of first.cells.entries()) {
    const kinds = new Set(
      below.map(({ cells }) => kindOf(cells[field] ?? '')).filter((kind) => kind !== 'empty'),
    );
    const [kind] = kinds;
    if (kindOf(cell) === 'number' || kindOf(cell) === 'date') hasValues = true;
    if (kinds.size !== 1 || kind === 'text' || cell.trim() === '') continue;
    votes += kindOf(cell) === kind ? 1 : -1;
  }
  if (votes !== 0) return votes;
  const texts = first.cells.map((cell) => cell.trim().toLowerCase()).filter((cell) => cell !== '');
  return hasValues && new Set(texts).size < texts.length ? 1 : 0;
}

function kindOf(cell: string): 'empty' | 'number' | 'date' | 'text' {
  const text = cell.trim();
  if (text === '') return 'empty';
  if (NUMBER.test(text)) return 'number';
  return DAY.test(text) || TIME.test(text) ? 'date' : 'text';
}

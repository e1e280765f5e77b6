/** The file that is polluted: 84 rows of 9 columns, with quotes, delimiters, line ends and letters beyond ASCII in its cells. */
export const HEADER: readonly string[] = [
  'id',
  'date',
  'time',
  'quantity',
  'product',
  'price',
  'type',
  'description',
  'comment',
];

const TYPES = ['Garden', 'Kitchen', 'Café', 'Büro'];
const COMMENTS = ['', 'fragile', 'call first, then deliver', 'two\r\nlines', 'marked "urgent"'];
const ROWS = 84;

export const ROWS_OF_FILE: readonly (readonly string[])[] = Array.from({ length: ROWS }, (_, index) => [
  String(index + 1),
  `2026-01-${String((index % 28) + 1).padStart(2, '0')}`,
  `${String(index % 24).padStart(2, '0')}:30:00`,
  String((index * 7) % 50),
  `P${1000 + index * 13}`,
  ((index * 37) / 10).toFixed(2),
  TYPES[index % TYPES.length]!,
  `Article ${index + 1}, size ${index % 9}`,
  COMMENTS[index % COMMENTS.length]!,
]);

/** How the cells of the file are written. */
export type Dialect = {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  readonly lineEnd: string;
};

export const CLEAN: Dialect = { delimiter: ',', quote: '"', escape: '"', lineEnd: '\r\n' };

/** A cell with all that it needs: quotes around it, whatever it contains. */
export function writtenCell(cell: string, { quote, escape }: Dialect): string {
  return quote + cell.split(quote).join(escape + quote) + quote;
}

export function writtenRow(cells: readonly string[], dialect: Dialect): string {
  return cells.map((cell) => writtenCell(cell, dialect)).join(dialect.delimiter);
}

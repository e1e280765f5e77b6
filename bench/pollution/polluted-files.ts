import { CLEAN, type Dialect, HEADER, ROWS_OF_FILE, writtenCell, writtenRow } from './clean-file.ts';

/** A file with one thing wrong, what a person would make of it, and the options with which it is loaded. */
export type PollutedFile = {
  readonly family: string;
  readonly name: string;
  readonly body: Uint8Array;
  /** What the file says, without the pollution. */
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** `format` of the dataset, as docs/datasets.md recommends it for such files. */
  readonly format: object;
};

const ROWS = [HEADER, ...ROWS_OF_FILE];
const EMPTY = HEADER.map(() => '');

/**
 * The pollutions that the Pollock benchmark describes (Vitagliano et al., "Pollock: A Data Loading Benchmark", VLDB 2023), in files of
 * our own: most of them are one cell's quote or one delimiter too many or too few, at every place of the file.
 */
export function* pollutedFiles(): Generator<PollutedFile> {
  yield file('clean', 'clean', {});
  yield* cellFiles();
  yield* rowFiles();
  yield* dialectFiles();
  yield* headerFiles();
  yield* surroundedFiles();
  yield* sizeFiles();
}

function* cellFiles(): Generator<PollutedFile> {
  for (const [row, cells] of ROWS.entries()) {
    // A header that cannot be read is passed over, and the dataset has the names.
    const format = row === 0 ? NAMED : REPAIR;
    for (const column of HEADER.keys()) {
      const place = `row ${row}, column ${column}`;
      const written = cells.map((cell) => writtenCell(cell, CLEAN));
      const quoted = written.with(column, CLEAN.quote + written[column]!).join(CLEAN.delimiter);
      const extra = row === 0 ? ROWS_OF_FILE : replaced(row, cells.with(column, `"${cells[column]!}`));
      yield file('a quote too many', place, { body: textWith(row, quoted), rows: extra, format });
      const more = [...written.slice(0, column), '', ...written.slice(column)].join(CLEAN.delimiter);
      yield file('a delimiter too many', place, { body: textWith(row, more), format });
      if (column === 0) continue;
      const less = `${written.slice(0, column).join(CLEAN.delimiter)}${written.slice(column).join(CLEAN.delimiter)}`;
      yield file('a delimiter too few', place, { body: textWith(row, less), format });
    }
  }
}

function* rowFiles(): Generator<PollutedFile> {
  for (const row of [1, 2, 50, ROWS_OF_FILE.length]) {
    const cells = ROWS[row]!;
    const place = `row ${row}`;
    const short = writtenRow(cells.slice(0, 5), CLEAN);
    yield file('a short row', place, {
      body: textWith(row, short),
      format: { short_rows: 'pad' },
      rows: replaced(row, [...cells.slice(0, 5), '', '', '', '']),
    });
    const long = writtenRow([...cells, '', '', ''], CLEAN);
    yield file('a long row', place, { body: textWith(row, long), format: { long_rows: 'drop_empty' } });
    yield file('an empty row', place, { body: textWith(row, ''), rows: ROWS_OF_FILE.toSpliced(row - 1, 1) });
    yield file('other delimiters in a row', place, {
      body: textWith(row, writtenRow(cells, { ...CLEAN, delimiter: ';' })),
    });
    yield file('other quotes in a row', place, {
      body: textWith(row, writtenRow(cells, { ...CLEAN, quote: "'", escape: "'" })),
    });
    yield file('another escape in a row', place, {
      body: textWith(row, writtenRow(cells, { ...CLEAN, escape: '\\' })),
      format: { backslash_escapes: true },
    });
    yield file('another line end in a row', place, {
      body: textOf(ROWS, CLEAN, (index) => (index === row ? '\n' : '\r\n')),
    });
  }
}

function* dialectFiles(): Generator<PollutedFile> {
  for (const [delimiter, name] of [
    [';', ';'],
    ['|', '|'],
    [':', ':'],
    [' ', ' '],
    ['\t', 'tab'],
  ] as const) {
    yield file('another delimiter', name, {
      body: textOf(ROWS, { ...CLEAN, delimiter }),
      format: { delimiter: name },
    });
  }
  yield file('another delimiter', 'comma and space', {
    body: textOf(ROWS, { ...CLEAN, delimiter: ', ' }),
    format: { trim: true },
  });
  const single = { ...CLEAN, quote: "'", escape: "'" };
  yield file('another quote', "'", { body: textOf(ROWS, single), format: { quote: "'" } });
  const spaced: Dialect = { ...CLEAN, delimiter: ' ,' };
  yield file('another quote', 'a quote and a space', { body: textOf(ROWS, spaced), format: { trim: true } });
  const slashed = { ...CLEAN, escape: '\\' };
  yield file('another escape', '\\', { body: textOf(ROWS, slashed), format: { escape: '\\' } });
  yield file('another line end', 'LF', { body: textOf(ROWS, { ...CLEAN, lineEnd: '\n' }) });
  yield file('another line end', 'CR', { body: textOf(ROWS, { ...CLEAN, lineEnd: '\r' }) });
  const clean = textOf(ROWS, CLEAN);
  yield file('another encoding', 'Latin-1', {
    bytes: Buffer.from(clean, 'latin1'),
    format: { encoding: 'latin1' },
  });
  yield file('another encoding', 'UTF-16 with a mark', { bytes: Buffer.from(`\ufeff${clean}`, 'utf16le') });
  yield file('another encoding', 'UTF-16', {
    bytes: Buffer.from(clean, 'utf16le'),
    format: { encoding: 'utf-16le' },
  });
}

function* headerFiles(): Generator<PollutedFile> {
  yield file('no header', 'rows only', {
    body: textOf(ROWS_OF_FILE, CLEAN),
    format: { header: 0, names: HEADER },
  });
  for (const column of [1, 3, HEADER.length - 1]) {
    const place = `column ${column}`;
    const blank = HEADER.with(column, '');
    yield file('a blank name', place, {
      body: textWith(0, writtenRow(blank, CLEAN)),
      header: HEADER.with(column, `column_${column + 1}`),
      format: { blank_names: 'number' },
    });
    const odd = HEADER.with(column, 'HEAD/%R');
    yield file('an odd name', place, { body: textWith(0, writtenRow(odd, CLEAN)), header: odd });
    const double = HEADER.with(column, 'type');
    const numbered = double.map((name, index) =>
      name === 'type' && index > double.indexOf('type') ? 'type_2' : name,
    );
    yield file('a double name', place, {
      body: textWith(0, writtenRow(double, CLEAN)),
      header: numbered,
      format: { duplicate_names: 'number' },
    });
    const second = EMPTY.with(column, 'EUR');
    yield file('a header of two rows', place, {
      body: textOf([HEADER, second, ...ROWS_OF_FILE], CLEAN),
      header: HEADER.with(column, `${HEADER[column]!} EUR`),
      format: { header: 2 },
    });
  }
}

function* surroundedFiles(): Generator<PollutedFile> {
  for (const isDelimited of [true, false]) {
    for (const hasEmpty of [true, false]) {
      const name = `${isDelimited ? '' : 'not '}delimited${hasEmpty ? ', with an empty row' : ''}`;
      const line = (text: string): string[] => (isDelimited ? EMPTY.with(0, text) : [text]);
      const gap = hasEmpty ? [isDelimited ? EMPTY : []] : [];
      const preamble = [line('PREAMBLE'), line('PREAMBLE'), line('PREAMBLE'), ...gap];
      yield file('a preamble', name, {
        body: textOf([...preamble, ...ROWS], CLEAN),
        format: { skip_lines: { until: 'id' } },
      });
      const footnote = [...gap, line('FOOTNOTE'), line('FOOTNOTE'), line('FOOTNOTE')];
      yield file('a footnote', name, {
        body: textOf([...ROWS, ...footnote], CLEAN),
        format: { skip_footer: 3 },
      });
    }
  }
  for (const columns of [6, 12]) {
    for (const hasEmpty of [true, false]) {
      const table = Array.from({ length: 11 }, (_, row) =>
        Array.from({ length: columns }, (__, column) => (row === 0 ? `other ${column}` : `${row}.${column}`)),
      );
      const gap = hasEmpty ? [[]] : [];
      const name = `${columns} columns${hasEmpty ? ', behind an empty row' : ''}`;
      const format = { skip_footer: { from: 'other 0', max: 20 } };
      yield file('another table below', name, { body: textOf([...ROWS, ...gap, ...table], CLEAN), format });
    }
  }
}

function* sizeFiles(): Generator<PollutedFile> {
  yield file('another size', 'no bytes', { body: '', rows: [], format: { header: 0, names: HEADER } });
  yield file('another size', 'a header only', { body: textOf([HEADER], CLEAN), rows: [] });
  yield file('another size', 'one column', {
    body: textOf(
      ROWS.map((row) => row.slice(0, 1)),
      CLEAN,
    ),
    header: ['id'],
    rows: ROWS_OF_FILE.map((row) => row.slice(0, 1)),
  });
  const wide = (row: readonly string[], index: number): string[] => [
    ...row,
    ...Array.from({ length: 1015 }, (_, column) => (index === 0 ? `c${column}` : 'x')),
  ];
  const widened = ROWS.map(wide);
  yield file('another size', '1,024 columns', {
    body: textOf(widened, CLEAN),
    header: widened[0]!,
    rows: widened.slice(1),
  });
}

const REPAIR = { stray_quotes: 'repair' };
const NAMED = { header: 0, names: HEADER, skip_lines: 1 };

function file(
  family: string,
  name: string,
  given: {
    body?: string;
    bytes?: Uint8Array;
    header?: readonly string[];
    rows?: readonly (readonly string[])[];
    format?: object;
  },
): PollutedFile {
  const body = given.bytes ?? Buffer.from(given.body ?? textOf(ROWS, CLEAN));
  return {
    family,
    name,
    body,
    header: given.header ?? HEADER,
    rows: given.rows ?? ROWS_OF_FILE,
    format: given.format ?? {},
  };
}

function textOf(
  rows: readonly (readonly string[])[],
  dialect: Dialect,
  lineEnd: (row: number) => string = () => dialect.lineEnd,
): string {
  return rows.map((cells, index) => writtenRow(cells, dialect) + lineEnd(index)).join('');
}

/** The clean file with another line in the place of a row; row 0 is the header. */
function textWith(row: number, line: string): string {
  return ROWS.map((cells, index) => (index === row ? line : writtenRow(cells, CLEAN)) + CLEAN.lineEnd).join(
    '',
  );
}

function replaced(row: number, cells: readonly string[]): readonly (readonly string[])[] {
  return ROWS_OF_FILE.with(row - 1, cells);
}

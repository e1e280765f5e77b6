import { cellText } from '../csv/cell-text.ts';
import { DEFAULT_FORMAT, type Format } from '../csv/format.ts';
import { createRecordReader, QUOTED } from '../csv/record-reader.ts';
import { isBlankRow } from '../csv/record-shape.ts';

/** A record of the beginning of a file. */
export type SampleRecord = {
  readonly line: number;
  readonly cells: readonly string[];
  readonly isFaulty: boolean;
  /** Its first cell is quoted. */
  readonly isQuoted: boolean;
};

/** What a file's beginning looks like in one dialect. */
export type Reading = {
  readonly format: Format;
  readonly records: readonly SampleRecord[];
  /** Cells of most records. */
  readonly width: number;
  readonly faults: number;
  readonly quoted: number;
  readonly score: number;
};

const DELIMITERS = [',', '\t', ';', '|', '^', '~', '\x01'];
/** Of files whose cells are quoted: elsewhere these are parts of times and of texts. */
const RARE_DELIMITERS = [':', ' '];
const MOST_RECORDS = 2000;
/** Cells of a record whose texts are looked at. */
export const MOST_SAMPLE_CELLS = 100;
/** A cell that contains one of the usual delimiters without quotes may be two. */
const UNSPLIT = /[,;\t|]/;

/** The dialects that fit the beginning of a text, best first. `last`: the text ends there. The byte at `end` must exist. */
export function guessDialects(
  bytes: Uint8Array,
  end: number,
  last: boolean,
  encoding: string,
): readonly Reading[] {
  const readingOf = (change: Partial<Format>): Reading => {
    const format = { ...DEFAULT_FORMAT, encoding, ...change };
    const reading = read(bytes, end, last, format);
    return reading.records.some(isRule) ? read(bytes, end, last, { ...format, comment: [RULE] }) : reading;
  };
  const usual = DELIMITERS.map((delimiter) => bestQuotes((change) => readingOf({ delimiter, ...change })));
  const rare = RARE_DELIMITERS.map((delimiter) => readingOf({ delimiter })).filter(
    ({ quoted, records, faults }) => faults === 0 && quoted >= 2 * records.length,
  );
  return [...usual, ...rare].toSorted((a, b) => b.score - a.score);
}

const RULE = '---';

/** A line between header and rows, as SQL*Plus, psql and SAP draw it. */
function isRule({ cells }: SampleRecord): boolean {
  return cells[0]!.startsWith(RULE) && cells.every((cell) => /^[-+]*$/.test(cell));
}

/** The same delimiter with other rules of quotes, if those of RFC 4180 leave faults; the simplest that leaves the fewest. */
function bestQuotes(readingOf: (change: Partial<Format>) => Reading): Reading {
  const plain = readingOf({});
  const nulls = plain.records.filter(({ cells }) => cells.includes('\\N')).length;
  if (nulls > 0 && plain.quoted === 0) {
    const dump = readingOf({ quote: null, backslash_escapes: true });
    if (dump.score >= plain.score) return dump;
  }
  const single = plain.quoted === 0 ? readingOf({ quote: "'", escape: "'" }) : plain;
  if (single !== plain && single.quoted > 1 && single.faults === 0 && single.score > plain.score)
    return single;
  if (plain.faults === 0) return plain;
  const others = [
    readingOf({ trim: true }),
    readingOf({ escape: '\\' }),
    ...(plain.quoted <= plain.faults ? [readingOf({ quote: null })] : []),
    readingOf({ stray_quotes: 'literal' }),
  ];
  return others.reduce((best, other) => (other.score > best.score ? other : best), plain);
}

function read(bytes: Uint8Array, end: number, last: boolean, format: Format): Reading {
  const reader = createRecordReader(format);
  reader.open(bytes, bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0, end, last);
  const records: SampleRecord[] = [];
  const widths = new Map<number, number>();
  let line = 1;
  let faults = 0;
  let quoted = 0;
  let clean = 0;
  let cellCount = 0;
  while (records.length < MOST_RECORDS && reader.next()) {
    const here = line;
    line += reader.lines;
    if (isBlankRow(reader)) continue;
    const isFaulty = reader.fault !== null;
    if (isFaulty) faults++;
    const cells: string[] = [];
    for (let field = 0; field < Math.min(reader.fieldCount, MOST_SAMPLE_CELLS); field++) {
      const text = cellText(reader, bytes, field, format);
      const isQuoted = (reader.marks[field]! & QUOTED) !== 0;
      if (isQuoted) quoted++;
      if (isQuoted || !UNSPLIT.test(text)) clean++;
      cellCount++;
      cells.push(text);
    }
    widths.set(reader.fieldCount, (widths.get(reader.fieldCount) ?? 0) + 1);
    records.push({ line: here, cells, isFaulty, isQuoted: (reader.marks[0]! & QUOTED) !== 0 });
  }
  const [width, count] = [...widths].reduce(
    (best, each) => (each[1] > best[1] || (each[1] === best[1] && each[0] > best[0]) ? each : best),
    [1, 0],
  );
  const total = Math.max(1, records.length);
  const shape = width === 1 ? 0.05 : (count / total) ** 2 * (1 - 0.5 / width);
  const score = shape * (0.5 + (0.5 * clean) / Math.max(1, cellCount)) * (1 - faults / total);
  return { format, records, width, faults, quoted, score };
}

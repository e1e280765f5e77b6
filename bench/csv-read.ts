import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import papaparse, { type ParseResult } from 'papaparse';
import { inferSchema, initParser, type Parser } from 'udsv';
import { cellText } from '../src/core/csv/cell-text.ts';
import { DEFAULT_FORMAT, type Format } from '../src/core/csv/format.ts';
import { createRecordReader, ESCAPED, SPECIAL } from '../src/core/csv/record-reader.ts';
import { measureUsage } from './usage.ts';

/**
 * `node bench/csv-read.ts FILE READER [--digest]`: reads every field of a CSV file in memory, in pieces as a stream
 * delivers them. Prints what it cost as one line of JSON; with `--digest` a digest of every field's text, and no cost.
 */
const PIECE_BYTES = 64 * 1024;
const FORMAT: Format = {
  ...DEFAULT_FORMAT,
  delimiter: ',',
  quote: '"',
  escape: '"',
  trim: false,
  stray_quotes: 'reject',
};

type Reader = (bytes: Buffer, tally: Tally) => void;

/** Counts, and optionally a callback with the texts of a record's fields. */
type Tally = { rows: number; fields: number; characters: number; tell: ((texts: string[]) => void) | null };

const READERS: Record<string, Reader> = {
  sluice: readBytes,
  'sluice-strings': readStrings,
  udsv: readByUdsv,
  papaparse: readByPapaparse,
};

const [file, name, flag] = process.argv.slice(2);
const reader = READERS[name ?? ''];
if (file === undefined || reader === undefined) {
  throw new Error(`Usage: csv-read.ts FILE ${Object.keys(READERS).join('|')} [--digest]`);
}
const bytes = readFileSync(file);
const tally: Tally = { rows: 0, fields: 0, characters: 0, tell: null };
if (flag === '--digest') {
  const digest = createHash('sha256');
  tally.tell = (texts) => digest.update(`${texts.join('\x1f')}\x1e`);
  reader(bytes, tally);
  console.log(JSON.stringify({ rows: tally.rows, fields: tally.fields, digest: digest.digest('hex') }));
} else {
  const usage = await measureUsage(async () => reader(bytes, tally));
  console.log(JSON.stringify({ rows: tally.rows, fields: tally.fields, ...usage }));
}

/** Reads as the engine does: positions in the bytes, and no strings. */
function readBytes(bytes: Buffer, tally: Tally): void {
  const reader = createRecordReader(FORMAT);
  readPieces(bytes, reader, (buffer) => {
    while (reader.next()) {
      const { fieldCount, starts, ends } = reader;
      tally.rows++;
      tally.fields += fieldCount;
      for (let field = 0; field < fieldCount; field++) tally.characters += ends[field]! - starts[field]!;
      tally.tell?.(Array.from({ length: fieldCount }, (_, field) => cellText(reader, buffer, field, FORMAT)));
    }
  });
}

/** The same with a string made of every field, as the peers make them. */
function readStrings(bytes: Buffer, tally: Tally): void {
  const reader = createRecordReader(FORMAT);
  readPieces(bytes, reader, (buffer, filled) => {
    const text = buffer.toString('latin1', 0, filled);
    while (reader.next()) {
      const { fieldCount, starts, ends, marks } = reader;
      const texts: string[] = [];
      for (let field = 0; field < fieldCount; field++) {
        texts.push(
          (marks[field]! & (SPECIAL | ESCAPED)) === 0
            ? text.slice(starts[field], ends[field])
            : cellText(reader, buffer, field, FORMAT),
        );
      }
      count(texts, tally);
    }
  });
}

function readPieces(
  bytes: Buffer,
  reader: ReturnType<typeof createRecordReader>,
  readRecords: (buffer: Buffer, filled: number) => void,
): void {
  // Records of these files are short: what is left of a piece fits in as much again.
  const buffer = Buffer.alloc(2 * PIECE_BYTES + 1);
  let filled = 0;
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    buffer.copyWithin(0, reader.position, filled);
    filled -= reader.position;
    filled += bytes.copy(buffer, filled, at, at + PIECE_BYTES);
    reader.open(buffer, 0, filled, at + PIECE_BYTES >= bytes.length);
    readRecords(buffer, filled);
  }
}

function readByUdsv(bytes: Buffer, tally: Tally): void {
  const decoder = new StringDecoder('utf8');
  let parser: Parser | null = null;
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const text = decoder.write(bytes.subarray(at, at + PIECE_BYTES));
    if (parser === null) {
      // It infers the format; the header counts as a record here, as it does with the others.
      const schema = inferSchema(text, {
        header: (rows) => [rows[0]!],
        encl: bytes.includes('"') ? '"' : '',
      });
      parser = initParser(schema);
      count(
        schema.cols.map((column) => column.name),
        tally,
      );
    }
    parser.chunk<string[]>(text, parser.stringArrs, (row) => {
      count(row, tally);
    });
  }
  parser?.end();
}

function readByPapaparse(bytes: Buffer, tally: Tally): void {
  papaparse.parse<string[]>(bytes.toString('utf8'), {
    delimiter: ',',
    newline: '\n',
    chunkSize: PIECE_BYTES,
    skipEmptyLines: true,
    chunk: ({ data }: ParseResult<string[]>) => {
      for (const row of data) count(row, tally);
    },
    complete: () => undefined,
  });
}

function count(texts: string[], tally: Tally): void {
  tally.rows++;
  tally.fields += texts.length;
  for (const text of texts) tally.characters += text.length;
  tally.tell?.(texts);
}

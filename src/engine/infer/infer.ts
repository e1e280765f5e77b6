import { DEFAULT_FORMAT } from '../../core/csv/format.ts';
import type { Dataset } from '../../core/dataset/dataset.ts';
import { resolveDatasets } from '../../core/dataset/resolve.ts';
import { SluiceError } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/imports/import.ts';
import { documentText } from '../../core/infer/document-text.ts';
import { type EncodingGuess, guessEncoding } from '../../core/infer/guess-encoding.ts';
import { guessDialects, MOST_SAMPLE_CELLS, type Reading } from '../../core/infer/guess-dialect.ts';
import { guessHeader, type HeaderGuess } from '../../core/infer/guess-header.ts';
import type { Inference } from '../../core/infer/inference.ts';
import { likelyKey } from '../../core/infer/propose-key.ts';
import { createUniqueCheck } from '../../core/infer/unique-check.ts';
import { certainDecimal, decideType } from '../../core/infer/types/decide-type.ts';
import { NO_LIBRARIES } from '../../core/libraries.ts';
import type { Source } from '../../core/ports.ts';
import { type FileHeader, readFileHeader } from '../file/file-header.ts';
import { type FileText, openText } from '../file/file-text.ts';
import { type FileFacts, gatherFacts } from './gather-facts.ts';
import { readRows } from './read-rows.ts';
import { verifyTypes } from './verify-types.ts';

/** A file to read: a name for people, and where its bytes are. */
export type InferFile = { readonly name: string; readonly object: ObjectRef; readonly source: Source };

/** Encoding, dialect and header are found in so many bytes, and checked by the whole file. */
const BEGINNING_BYTES = 1024 * 1024;
const MOST_MISFITS = 3;
const LONGEST_SHOWN = 60;

/**
 * Infers the dataset of a file: its structure by its beginning, then the types by every row, then a load's own readers over every row.
 * The order of the rows makes no difference to the types. Throws `not-csv`, `empty-file`, `nothing-to-infer`, and what reading throws.
 */
export async function infer(
  file: InferFile,
  { name, sampleBytes }: { name: string; sampleBytes: number | null },
): Promise<Inference> {
  const text = await openBeginning(file);
  let encoding = encodingOf(text);
  let structure = await structureOf(file, text, encoding, {});
  let facts = await gatherFacts(file, structure.header, sampleBytes);
  // What the beginning did not show: another encoding, rows behind the last row, rows without their last cells.
  if (facts.malformed !== null && encoding.encoding === 'utf-8' && !encoding.isMarked) {
    encoding = guessEncoding(facts.malformed, false);
    structure = await structureOf(file, text, encoding, {});
    facts = await gatherFacts(file, structure.header, sampleBytes);
  }
  const change = { ...(facts.footer === null ? {} : { skip_footer: facts.footer }), ...facts.fitting };
  if (Object.keys(change).length > 0) {
    structure = await structureOf(file, text, encoding, change);
    facts = await gatherFacts(file, structure.header, sampleBytes);
  }
  if (facts.rows - facts.brokenRows === 0) throw nothingToInfer(file, facts);
  return inferred(file, name, text, encoding, structure, facts, sampleBytes);
}

async function inferred(
  file: InferFile,
  name: string,
  text: FileText,
  encoding: EncodingGuess,
  { header, readings, headerGuess }: Structure,
  facts: FileFacts,
  sampleBytes: number | null,
): Promise<Inference> {
  const { names } = header;
  const decimal = certainDecimal(facts.columns);
  const decided = facts.columns.map((column, field) => decideType(names[field]!, column, decimal));
  const trim = decided.some(({ spec }, field) => {
    const { padded, values } = facts.columns[field]!;
    return padded > 0 && (spec !== null || padded * 2 > values);
  });
  const format = { ...header.format, trim: trim || header.format.trim };
  const keyField = likelyKey(decided, facts.rows - facts.brokenRows);
  const unique = createUniqueCheck();
  const columns = await verifyTypes(decided, format, (visit) =>
    readRows(
      file,
      { ...header, format },
      (reader, bytes, line) => {
        if (reader.fault !== null || reader.fieldCount !== names.length) return;
        if (keyField >= 0) unique.add(bytes, reader.starts[keyField]!, reader.ends[keyField]!);
        visit(reader, bytes, line);
      },
      sampleBytes ?? Infinity,
    ),
  );
  const key = keyField >= 0 && unique.isUnique() ? names[keyField]! : null;
  const document = documentText({
    fileName: file.name.split('/').at(-1)!,
    prefix: `${name}/`,
    format,
    columns,
    key,
    sampleBytes,
  });
  resolveDatasets([{ path: `${name}.yaml`, name, text: document }], NO_LIBRARIES);
  const { compression } = text.coding;
  const bom = text.bytes[0] === 0xef ? 3 : 0;
  return {
    file: {
      name: file.name,
      sizeBytes: file.object.sizeBytes,
      rows: facts.rows,
      brokenRows: facts.brokenRows,
      broken: facts.broken,
    },
    encoding: {
      encoding: encoding.encoding,
      isMarked: encoding.isMarked,
      reason: encoding.reason,
      bytes: encoding.at < bom ? null : bytesAt(text.bytes, encoding.at),
      others: encoding.others,
    },
    compression: {
      compression,
      reason: compression === null ? 'the file does not begin as gzip or zstd' : 'its first bytes say so',
    },
    dialect: dialectStep(format, readings, facts),
    header: {
      rows: headerGuess.rows,
      line: headerGuess.rows === 0 ? null : headerGuess.line,
      names,
      skip_lines: format.skip_lines,
      skip_footer: format.skip_footer,
      comment: format.comment,
      short_rows: format.short_rows,
      long_rows: format.long_rows,
      blank_names: format.blank_names === 'number' ? 'number' : 'reject',
      duplicate_names: format.duplicate_names,
      reason: headerGuess.reason,
    },
    columns,
    key,
    sampleBytes,
    document,
  };
}

type Structure = {
  readonly header: FileHeader;
  readonly readings: readonly Reading[];
  readonly headerGuess: HeaderGuess;
};

async function openBeginning(file: InferFile): Promise<FileText> {
  try {
    return await openText(file.source, file.object, DEFAULT_FORMAT, BEGINNING_BYTES);
  } catch (error) {
    const found =
      error instanceof SluiceError && error.code === 'encoding-mismatch' ? error.data['found'] : null;
    if (typeof found !== 'string') throw error;
    return openText(file.source, file.object, { ...DEFAULT_FORMAT, encoding: found }, BEGINNING_BYTES);
  }
}

function encodingOf(text: FileText): EncodingGuess {
  const { decodedFrom } = text.coding;
  const guess = guessEncoding(text.bytes.subarray(0, text.end), text.last);
  if (decodedFrom === null) return guess;
  return {
    encoding: decodedFrom,
    isMarked: false,
    reason: 'a byte order mark, or NUL in every second byte',
    at: -1,
    others: [],
  };
}

async function structureOf(
  file: InferFile,
  text: FileText,
  { encoding }: EncodingGuess,
  change: Partial<Dataset['format']>,
): Promise<Structure> {
  const readings = guessDialects(text.bytes, text.end, text.last, encoding);
  const [best] = readings;
  if (best === undefined || best.records.length === 0) {
    throw new SluiceError(
      'empty-file',
      `${file.name} is empty: there is nothing to infer. Name a file with a header and rows.`,
      {
        data: { file: file.name },
      },
    );
  }
  const headerGuess = guessHeader(best);
  const names = Array.from({ length: best.width }, (_, field) => `column_${field + 1}`);
  const header = await readFileHeader(file.source, file.object, {
    format: {
      ...best.format,
      skip_lines: headerGuess.skip_lines,
      ...(headerGuess.rows === 0 ? { header: 0, names } : {}),
      blank_names: 'number',
      duplicate_names: 'number',
      ...change,
    },
  } as Dataset);
  return { readings, headerGuess, header: { ...header, format: withoutNeedless(header) } };
}

/** Options for blank and repeated names stand in the document only if the header has some. */
function withoutNeedless({ format, names }: FileHeader): FileHeader['format'] {
  const hasBlank = format.names === null && names.some((name, field) => name === `column_${field + 1}`);
  const all = new Set(names);
  const hasRepeated = names.some((name) => /_\d+$/.test(name) && all.has(name.replace(/_\d+$/, '')));
  return {
    ...format,
    blank_names: hasBlank ? 'number' : 'reject',
    duplicate_names: hasRepeated ? 'number' : 'reject',
  };
}

function dialectStep(
  format: FileHeader['format'],
  [best, next]: readonly Reading[],
  facts: FileFacts,
): Inference['dialect'] {
  const second = next !== undefined && next.width > 1 ? next : undefined;
  const name = (delimiter: string): string => (delimiter === '\t' ? 'tab' : JSON.stringify(delimiter));
  return {
    delimiter: format.delimiter,
    quote: format.quote,
    escape: format.escape,
    backslash_escapes: format.backslash_escapes,
    stray_quotes: format.stray_quotes,
    line_end: format.line_end,
    lineEnds: facts.lineEnds,
    trim: format.trim,
    reason:
      best!.width === 1
        ? 'no delimiter splits the rows: the file has one column'
        : `most rows have ${best!.width} cells`,
    runnerUp:
      second === undefined
        ? null
        : `delimiter ${name(second.format.delimiter)} (most rows have ${second.width} cells)`,
    decidedBy: second === undefined ? [] : misfits(second),
  };
}

/** The first records that do not fit a dialect. */
function misfits({ records, width, format }: Reading): Inference['dialect']['decidedBy'] {
  return records
    .filter(({ cells, isFaulty }) => isFaulty || (cells.length !== width && cells.length < MOST_SAMPLE_CELLS))
    .slice(0, MOST_MISFITS)
    .map(({ line, cells }) => ({ line, text: cells.join(format.delimiter).slice(0, LONGEST_SHOWN) }));
}

function bytesAt(bytes: Uint8Array, at: number): Inference['encoding']['bytes'] {
  const around = bytes.subarray(at, at + 4);
  let line = 1;
  for (let k = 0; k < at; k++) if (bytes[k] === 0x0a) line++;
  return {
    line,
    hex: Array.from(around, (byte) => byte.toString(16).padStart(2, '0')).join(' '),
    text: new TextDecoder().decode(around),
  };
}

function nothingToInfer(file: InferFile, { rows }: FileFacts): SluiceError {
  const what = rows === 0 ? 'has a header, but no rows' : `has ${rows} rows, none of which fits its header`;
  return new SluiceError(
    'nothing-to-infer',
    `${file.name} ${what}: types cannot be inferred. Name a file with rows, or write the document by hand (docs/datasets.md).`,
    { data: { file: file.name, rows } },
  );
}

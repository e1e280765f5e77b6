import type { ColumnSpec } from '../types/column-spec.ts';
import type { ColumnTypeName } from '../types/column-types.ts';

/** All that was found about a file, as plain data: one field a step, each with its evidence. */
export type Inference = {
  readonly file: InferredFile;
  readonly encoding: EncodingStep;
  readonly compression: CompressionStep;
  readonly dialect: DialectStep;
  readonly header: HeaderStep;
  /** In the order of the file. */
  readonly columns: readonly InferredColumn[];
  /** A column in which every row has another value; null: none was found. */
  readonly key: string | null;
  /** Only so many bytes of the file's beginning were read; null: all of it. */
  readonly sampleBytes: number | null;
  /** A dataset's document in YAML, with comments. It passes the validator. */
  readonly document: string;
};

export type InferredFile = {
  readonly name: string;
  readonly sizeBytes: number;
  /** Data rows that were read: without header, footer, blank rows and comments. */
  readonly rows: number;
  /** Of these, rows that the document rejects as a whole: with another number of cells, or with broken quotes. */
  readonly brokenRows: number;
  /** The first of them. */
  readonly broken: readonly BrokenRow[];
};

export type BrokenRow = { readonly line: number; readonly text: string; readonly reason: string };

export type EncodingStep = {
  /** As `format.encoding` has it. */
  readonly encoding: string;
  /** A byte order mark decided. */
  readonly isMarked: boolean;
  /** What decided, for people. */
  readonly reason: string;
  /** The bytes that decided, as hexadecimal digits, and where they are; null: every byte is ASCII. */
  readonly bytes: { readonly line: number; readonly hex: string; readonly text: string } | null;
  /** The encodings that come next, best first. */
  readonly others: readonly string[];
};

export type CompressionStep = { readonly compression: 'gzip' | 'zstd' | null; readonly reason: string };

export type DialectStep = {
  readonly delimiter: string;
  readonly quote: string | null;
  readonly escape: string;
  readonly backslash_escapes: boolean;
  readonly stray_quotes: 'reject' | 'literal' | 'repair';
  readonly line_end: 'any' | 'lf' | 'crlf' | 'cr';
  /** Line ends by kind, in the text that was read. */
  readonly lineEnds: { readonly lf: number; readonly crlf: number; readonly cr: number };
  readonly trim: boolean;
  readonly reason: string;
  /** The dialect that fits second best, for people, and the lines that decided against it. */
  readonly runnerUp: string | null;
  readonly decidedBy: readonly { readonly line: number; readonly text: string }[];
};

export type HeaderStep = {
  /** Of the header; 0: the file has none, and `names` are numbers. */
  readonly rows: number;
  readonly line: number | null;
  readonly names: readonly string[];
  readonly skip_lines: number | { readonly until: string };
  readonly skip_footer: number | { readonly from: string; readonly max: number };
  readonly comment: readonly string[];
  readonly short_rows: 'reject' | 'pad';
  readonly long_rows: 'reject' | 'drop_empty';
  readonly blank_names: 'reject' | 'number';
  readonly duplicate_names: 'reject' | 'number';
  readonly reason: string;
};

export type InferredColumn = {
  readonly name: string;
  /** What the document declares; null: nothing, so the column is a string. */
  readonly spec: ColumnSpec | null;
  readonly type: ColumnTypeName;
  readonly evidence: Evidence;
  /** What a person should know or could write instead; null: nothing. */
  readonly note: string | null;
};

export type Evidence = {
  /** Cells that are not null. */
  readonly values: number;
  readonly nulls: number;
  /** Words that stand for null in this column. */
  readonly nullWords: readonly string[];
  /** The type that most values have, if it is not `string`, and the share of the values that have it: 1 if the type is proposed. */
  readonly nearest: ColumnTypeName | null;
  readonly share: number;
  /** Least and greatest value, as they are written; null for strings. */
  readonly range: { readonly least: string; readonly greatest: string } | null;
  /** An estimate, exact for up to 256. */
  readonly distinct: number;
  /** Bytes of the longest cell. */
  readonly longest: number;
  /** The first value that does not have the nearest type; null: every value has it. */
  readonly counterexample: { readonly line: number; readonly text: string } | null;
};

import type { Format } from '../csv/format.ts';
import type { ColumnTypeName } from './column-types.ts';

/** How the text of a cell becomes a value. What is absent is the dataset's `format`, or the type's own default. */
export type CellSpec = {
  readonly type?: ColumnTypeName;
  readonly trim?: boolean;
  readonly null_values?: readonly string[];
  readonly quoted_nulls?: boolean;
  readonly on_null?: Format['on_null'];
  readonly decimal?: string;
  readonly thousands?: readonly string[];
  readonly true_values?: readonly string[];
  readonly false_values?: readonly string[];
  /** Of dates and times: one or several; of sets and lists: `json` or `postgres`. */
  readonly format?: readonly string[];
  readonly time_zone?: string;
  readonly store?: string;
  readonly strip?: readonly string[];
  readonly negative?: 'leading' | 'trailing' | 'parentheses';
  /** Powers of ten. */
  readonly divide?: number;
  readonly multiply?: number;
  readonly case?: 'upper' | 'lower';
  readonly normalize?: 'nfc' | 'nfd' | 'nfkc' | 'nfkd';
  readonly separator?: string;
  readonly of?: ColumnTypeName;
  readonly encoding?: 'base64' | 'hex';
  readonly not_null?: true;
  /** Texts as they are written in the document, read like cells: `default`, `min`, `max`, `enum`. */
  readonly default?: string;
  readonly min?: string;
  readonly max?: string;
  /** In characters. */
  readonly length?: { readonly min: number; readonly max: number | null };
  readonly pattern?: string;
  readonly enum?: readonly string[];
};

/** A declared column of a dataset, resolved: lists are lists, and only what the document says is present. */
export type ColumnSpec = CellSpec & {
  /** The attribute's name; a dot nests. Absent: the column's name. */
  readonly as?: string;
  readonly aliases?: readonly string[];
  /** Not stored, but templates and `where` can use it. */
  readonly drop?: true;
  readonly optional?: true;
};

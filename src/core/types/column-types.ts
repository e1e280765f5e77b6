import { boolean } from './boolean.ts';
import type { ColumnType } from './column-type.ts';
import { number } from './number.ts';
import { string } from './string.ts';

/** Every type that a dataset can declare for a column, by its name in the document. */
export const COLUMN_TYPES = { string, number, boolean } satisfies Record<string, ColumnType>;

export type ColumnTypeName = keyof typeof COLUMN_TYPES;

export const COLUMN_TYPE_NAMES = Object.keys(COLUMN_TYPES) as [ColumnTypeName, ...ColumnTypeName[]];

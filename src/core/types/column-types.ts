import { binary } from './binary.ts';
import { boolean } from './boolean.ts';
import { json } from './collections/json.ts';
import { list } from './collections/list.ts';
import { number_set, string_set } from './collections/sets.ts';
import type { ColumnType } from './column-type.ts';
import { date } from './dates/date.ts';
import { datetime } from './dates/datetime.ts';
import { time } from './dates/time.ts';
import { integer } from './numbers/integer.ts';
import { number } from './numbers/number.ts';
import { string } from './string.ts';

/** Every type that a dataset can declare for a column, by its name in the document. */
export const COLUMN_TYPES = {
  string,
  number,
  integer,
  boolean,
  date,
  time,
  datetime,
  json,
  list,
  string_set,
  number_set,
  binary,
} satisfies Record<string, ColumnType>;

export type ColumnTypeName = keyof typeof COLUMN_TYPES;

export const COLUMN_TYPE_NAMES = Object.keys(COLUMN_TYPES) as [ColumnTypeName, ...ColumnTypeName[]];

export function columnType(name: ColumnTypeName = 'string'): ColumnType {
  return COLUMN_TYPES[name];
}

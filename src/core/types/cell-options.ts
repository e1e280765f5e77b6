import type { Format } from '../csv/format.ts';
import type { CellSpec } from './column-spec.ts';
import type { ColumnType } from './column-type.ts';
import { columnType } from './column-types.ts';

/** All that decides how a cell is read: what the document says of the column, then what it says of the format. */
export type CellOptions = Pick<
  Format,
  | 'trim'
  | 'null_values'
  | 'quoted_nulls'
  | 'on_null'
  | 'decimal'
  | 'thousands'
  | 'true_values'
  | 'false_values'
  | 'time_zone'
> & {
  readonly spec: CellSpec;
  /** Of a date, time or datetime, or of a set or list. */
  readonly formats: readonly string[];
  readonly strip: readonly string[];
  /** How the elements of a list are read; null: the cells are no lists. */
  readonly element: { readonly type: ColumnType; readonly options: CellOptions } | null;
  /** Two equal values must have the same bytes. */
  readonly isCanonical: boolean;
};

/** `isKey`: of the table or an index. An item's key is compared by its bytes. */
export function cellOptions(spec: CellSpec, format: Format, isKey: boolean): CellOptions {
  return {
    spec,
    trim: spec.trim ?? format.trim,
    null_values: spec.null_values ?? format.null_values,
    quoted_nulls: spec.quoted_nulls ?? format.quoted_nulls,
    on_null: spec.on_null ?? format.on_null,
    decimal: spec.decimal ?? format.decimal,
    thousands: spec.thousands ?? format.thousands,
    true_values: spec.true_values ?? format.true_values,
    false_values: spec.false_values ?? format.false_values,
    time_zone: spec.time_zone ?? format.time_zone,
    formats: spec.format ?? defaultFormats(spec, format),
    strip: spec.strip ?? [],
    element: spec.type === 'list' ? elementOptions(spec, format) : null,
    // Numbers of an `enum` and bounds are compared in their canonical form.
    isCanonical: isKey || spec.enum !== undefined || spec.min !== undefined || spec.max !== undefined,
  };
}

/** The options of the list are those of its elements, but for what says where an element ends. */
function elementOptions(list: CellSpec, format: Format): CellOptions['element'] {
  const { of = 'string', separator: _separator, format: _format, ...spec } = list;
  return { type: columnType(of), options: cellOptions({ ...spec, type: of }, format, false) };
}

function defaultFormats({ type }: CellSpec, format: Format): readonly string[] {
  if (type === 'date') return format.date_format;
  if (type === 'datetime') return format.datetime_format;
  return type === 'time' ? ['iso'] : [];
}

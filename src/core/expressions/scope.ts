import type { Format } from '../csv/format.ts';
import { nearest } from '../nearest.ts';
import type { CellSpec } from '../types/column-spec.ts';

/**
 * What an expression sees of a value: how it compares. `instant`: a point in time; dates, times and local datetimes are texts that
 * sort. `any`: only the value tells (JSON, computed attributes).
 */
export type ValueKind = 'string' | 'number' | 'boolean' | 'instant' | 'strings' | 'numbers' | 'list' | 'any';

/** The names that an expression may use. */
export type Scope = {
  readonly names: ReadonlyMap<string, ValueKind>;
  /** Other names may exist as well: columns that are not declared, or what a transform makes. They are strings, or (`any`) anything. */
  readonly others: 'none' | 'string' | 'any';
};

/** The longest name of the scope that the path is or begins with, and what follows it; null: there is none. */
export function resolvePath(scope: Scope, path: string): { name: string; rest: readonly string[] } | null {
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const name = path.slice(0, end);
    if (scope.names.has(name))
      return { name, rest: end === path.length ? [] : path.slice(end + 1).split('.') };
  }
  return null;
}

export function nearestName(scope: Scope, name: string): string | null {
  return nearest(name, [...scope.names.keys()], (each) => each);
}

/** What an expression sees of the values of a column. */
export function kindOfColumn(spec: CellSpec, format: Format): ValueKind {
  switch (spec.type ?? 'string') {
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'datetime':
      return (spec.time_zone ?? format.time_zone) === 'local' ? 'string' : 'instant';
    case 'string_set':
      return 'strings';
    case 'number_set':
      return 'numbers';
    case 'list':
      return 'list';
    case 'json':
      return 'any';
    case 'string':
    case 'date':
    case 'time':
    case 'binary':
      return 'string';
  }
}

export function isDateType(spec: CellSpec): boolean {
  return spec.type === 'date' || spec.type === 'time' || spec.type === 'datetime';
}
